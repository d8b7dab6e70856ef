import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createGit } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import { useGit } from './git-mirror.ts'
import { startGitServer } from './git-server.ts'

const at = useGit()

test('credentials are sent, from the address too, and never shown', async () => {
  const { git } = at
  const password = 'hunter/2@secret'
  const authorization = `Basic ${Buffer.from(`kim:${password}`).toString('base64')}`
  const guarded = await startGitServer({ dir: join(at.dir, 'guarded'), authorization })
  const commit = guarded.push({ 'a.yaml': '1' })
  const { url } = guarded
  await expect(git.fetch({ url })).rejects.toThrow(GitAuthError)
  const withUser = url.replace('//', `//kim:${encodeURIComponent(password)}@`)
  expect((await git.fetch({ url: withUser })).head).toBe(commit)
  expect(readFileSync(join(at.mirrorDir(), 'config'), 'utf8')).not.toContain('hunter')
  const wrong = git.fetch({ url: url.replace('//', '//kim:hunter3@') })
  const error = await wrong.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(GitAuthError)
  expect(String((error as Error).stack)).not.toMatch(/hunter/)
  await guarded.close()
})

test('a repository that is not there, and addresses that are none', async () => {
  const { server, git } = at
  const missing = server.url.replace('repo.git', 'missing.git')
  await expect(git.fetch({ url: missing })).rejects.toThrow(GitAccessError)
  for (const url of [
    '-oProxyCommand=x',
    '--upload-pack=x',
    'ext::sh -c id',
    '/etc',
    'ssh://-oProxyCommand=x/y',
    'git@-x:y',
  ]) {
    await expect(git.fetch({ url })).rejects.toThrow('is not the address of a repository')
  }
  await expect(git.fetch({ url: `file://${at.dir}/srv/repo.git` })).rejects.toThrow(
    'is not the address of a repository',
  )
})

test('locks of a killed fetch and lost objects are healed', async () => {
  const { server, git } = at
  const { url } = server
  const commit = server.push({ 'a.yaml': '1' })
  await git.fetch({ url })
  writeFileSync(join(at.mirrorDir(), 'refs', 'heads', 'main.lock'), '')
  const next = server.push({ 'a.yaml': '2' })
  expect((await git.fetch({ url })).head).toBe(next)

  const [file] = await git.readTree(url, next, '.', { recurse: false })
  const id = file?.blob ?? ''
  git.close()
  rmSync(join(at.mirrorDir(), 'objects', id.slice(0, 2), id.slice(2)))
  const another = createGit({
    dir: join(at.dir, 'mirrors'),
    allowFile: false,
    outbound: createOutbound({ allowLoopback: true }),
    submodules: true,
  })
  await expect(another.readBlobs(url, [id])).rejects.toThrow(GitAccessError)
  await expect
    .poll(async () => (await another.readBlobs(url, [id]).catch(() => new Map())).size)
    .toBe(1)
  expect(await another.has(url, commit)).toBe(true)
  another.close()
})

test('a reading process that dies is replaced', async () => {
  const { server, git } = at
  const { url } = server
  const commit = server.push({ 'a/x.yaml': '1' })
  await git.fetch({ url })
  const hash = await git.treeHash(url, commit, 'a')
  for (const pid of catFiles()) process.kill(pid, 'SIGKILL')
  await expect.poll(() => git.treeHash(url, commit, 'a').catch(() => undefined)).toBe(hash)
  git.close()
  expect(await git.treeHash(url, commit, 'a')).toBe(hash)
})

test('the mirror of an earlier process is read without the server', async () => {
  const { server, git } = at
  const { url } = server
  const commit = server.push({ 'a.yaml': '1' })
  await git.fetch({ url })
  await server.close()
  const later = createGit({
    dir: join(at.dir, 'mirrors'),
    allowFile: false,
    outbound: createOutbound({ allowLoopback: true }),
    submodules: true,
  })
  expect(await later.resolve(url, 'main')).toEqual({ commit })
  expect(await later.resolve(url, 'HEAD')).toEqual({ commit })
  later.close()
})

/** The reading processes that this process started. */
function catFiles(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/stat`, 'utf8').includes(` ${process.pid} `)
        return isOurs && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('cat-file')
      } catch {
        // ended meanwhile
        return false
      }
    })
    .map(Number)
}
