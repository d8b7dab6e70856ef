import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GitAccessError, GitAuthError } from '../core/errors.ts'
import type { Restored, RestoreOrder } from '../core/git/restore.ts'
import { cleanPath } from './git/entries.ts'
import { createGithubApps } from './git/github-app.ts'
import { type GitProcessOptions, runGit } from './git/process.ts'
import { type GitRemote, remoteOf } from './git/remote.ts'
import type { AccessIndex } from './repository-access.ts'

/** Writes to repositories: never by force, and only on top of what a branch is now. */
export type GitWriter = {
  /**
   * Puts paths of a branch back as they were at an earlier commit. Done twice it makes one commit,
   * which is known by its trailer. Errors are GitAccessError and GitAuthError.
   */
  restore(order: RestoreOrder): Promise<Restored>
}

export type GitWriterOptions = GitProcessOptions & {
  readonly access?: Pick<AccessIndex, 'synced' | 'toWrite'>
}

const maxTries = 5

/** Works in a folder that lasts as long as one order: it is rare, and nothing of it is needed again. */
export function createGitWriter({ access, ...options }: GitWriterOptions): GitWriter {
  const githubApps = createGithubApps(Date.now, options.outbound)
  return {
    async restore(order) {
      await access?.synced
      const known = access?.toWrite(order.url, order.project)
      const remote = await githubApps.signedIn(remoteOf(order.url, known))
      const dir = await mkdtemp(join(tmpdir(), 'driftless-write-'))
      const local = (...args: readonly string[]) => runGit(dir, args, options)
      const away = (...args: readonly string[]) => runGit(dir, args, options, remote)
      try {
        await local('init', '.')
        return await restoreIn({ local, away, remote }, order)
      } finally {
        await rm(dir, { recursive: true, force: true })
      }
    },
  }
}

type Run = (...args: readonly string[]) => Promise<string>
type Place = { readonly local: Run; readonly away: Run; readonly remote: GitRemote }

async function restoreIn(place: Place, order: RestoreOrder): Promise<Restored> {
  const branch = await branchOf(place, order.revision)
  if (branch === undefined) {
    return { givenUp: `${order.revision} is no branch of ${place.remote.url}; revert it by hand` }
  }
  let refusal: unknown
  for (let tries = 0, before = ''; tries < maxTries; tries++) {
    const head = await headOf(place, branch)
    // refused for another reason than that somebody was faster
    if (head === before) throw refusal
    before = head
    const known = await stateOf(place, order, head)
    if (known !== undefined) return known
    const commit = await commitOn(place, order, head)
    try {
      await place.away('push', '--porcelain', place.remote.url, `${commit}:${branch}`)
      return { commit }
    } catch (error) {
      if (!(error instanceof GitAccessError)) throw error
      refusal = error
    }
  }
  return { givenUp: `${branch} moved again and again while it was reverted; revert it by hand` }
}

/** The full name of the branch that a revision means; undefined for tags, commits and constraints. */
async function branchOf({ away, remote }: Place, revision: string): Promise<string | undefined> {
  if (revision === '' || revision === 'HEAD') {
    const text = await away('ls-remote', '--symref', '--', remote.url, 'HEAD')
    return /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(text)?.[1]
  }
  const name = revision.startsWith('refs/') ? revision : `refs/heads/${revision}`
  if (!name.startsWith('refs/heads/')) return undefined
  const refs = await away('ls-remote', '--', remote.url, name)
  return refs.split('\n').some((line) => line.endsWith(`\t${name}`)) ? name : undefined
}

async function headOf({ local, away, remote }: Place, branch: string): Promise<string> {
  const flags = ['--verbose', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance']
  await away('fetch', ...flags, '--', remote.url, `+${branch}:refs/heads/tracked`)
  return (await local('rev-parse', 'refs/heads/tracked')).trim()
}

/** How it ends without a commit: done before, nothing to do, or changed by somebody else since. */
async function stateOf(
  { local }: Place,
  { paths, good, bad, trailer }: RestoreOrder,
  head: string,
): Promise<Restored | undefined> {
  const idOf = async (commit: string, path: string): Promise<string> => {
    try {
      return (await local('rev-parse', '--verify', '--quiet', objectOf(commit, path))).trim()
    } catch (error) {
      if (error instanceof GitAuthError) throw error
      return ''
    }
  }
  if ((await idOf(good, '')) === '' || (await idOf(bad, '')) === '') {
    return {
      givenUp: `the branch has no commit ${good.slice(0, 7)} or ${bad.slice(0, 7)} any more`,
    }
  }
  const since = ['--format=%H', '--fixed-strings', `--grep=${trailer}`, '--max-count=1']
  const own = (await local('log', ...since, `${bad}..${head}`)).trim()
  if (own !== '') return { commit: own }
  const states = await Promise.all(
    paths.map(async (path) => {
      const now = await idOf(head, path)
      return {
        path,
        isGood: now === (await idOf(good, path)),
        isBad: now === (await idOf(bad, path)),
      }
    }),
  )
  if (states.every(({ isGood }) => isGood)) return { commit: head }
  const changed = states.find(({ isGood, isBad }) => !isGood && !isBad)
  return changed && { givenUp: `the path ${changed.path} changed since ${bad.slice(0, 7)}` }
}

/** A commit on the head with the good trees at the paths; nothing else of the head changes. */
async function commitOn(
  { local }: Place,
  { paths, good, message, trailer, author }: RestoreOrder,
  head: string,
): Promise<string> {
  await local('read-tree', head)
  for (const path of paths.map(cleanPath)) {
    if (path === '') {
      await local('read-tree', good)
      continue
    }
    const flags = ['-r', '--quiet', '--cached', '--ignore-unmatch']
    await local('rm', ...flags, '--', `:(literal)${path}`)
    await local('read-tree', `--prefix=${path}/`, objectOf(good, path))
  }
  const tree = (await local('write-tree')).trim()
  const who = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`]
  const text = `${message}\n\n${trailer}`
  return (await local(...who, 'commit-tree', tree, '-p', head, '-m', text)).trim()
}

function objectOf(commit: string, path: string): string {
  const clean = cleanPath(path)
  return clean === '' ? `${commit}^{tree}` : `${commit}:${clean}`
}
