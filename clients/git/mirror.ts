import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { sha256Hex } from '../../core/digest.ts'
import { GitAccessError } from '../../core/errors.ts'
import { parseLfsPointer } from '../../core/git/lfs.ts'
import { withoutCredentials } from '../../core/git-url.ts'
import { createLfs } from './lfs.ts'
import { createModules, type Modules } from './modules.ts'
import { createObjectReader, type ObjectReader } from './object-reader.ts'
import { type GitProcessOptions, gitEnvironment, runGit } from './process.ts'
import { parseRefs, type Refs, refsFormat, remoteHead, sameRefs } from './refs.ts'
import type { GitRemote } from './remote.ts'
import type { Remotes } from './remotes.ts'
import { createSharedRun } from './shared-run.ts'

/** The refs after a fetch, and whether they are other ones than before. */
type Fetched = Refs & { readonly changed: boolean }

/** A bare copy of one repository on our disk; lost or damaged, it is made anew. */
export type Mirror = {
  readonly reader: ObjectReader
  readonly modules: Modules
  /** The commit of a ref of another repository, looked for once between two fetches. */
  commitBeside(address: string, ref: string): Promise<string>
  /** A file as it is meant: what Git only points to comes from the LFS server (SRC-15). */
  file(id: string): Promise<Buffer | undefined>
  /** The same for the text that lies in Git. */
  meant(text: Buffer): Promise<Buffer>
  /** The refs as they were last seen, from the disk after a restart. */
  refs(): Promise<Refs>
  /** Brings the mirror up to date; callers that come while one runs share the next. */
  fetch(): Promise<Fetched>
  /** Makes the mirror anew, because something in it is missing. */
  discard(): void
  close(): void
}

export type MirrorOptions = GitProcessOptions & {
  /** Whether submodules are read. */
  readonly submodules: boolean
}

const heads = '+refs/heads/*:refs/heads/*'
const tags = '+refs/tags/*:refs/tags/*'
const head = `+HEAD:${remoteHead}`
// those of submodules are only there so that nothing cleans their commits away
const ownRefs = ['refs/heads', 'refs/tags', remoteHead]
const moduleRefs = 'refs/driftless/modules'
const besideRefs = 'refs/driftless/beside'
const fetchesBetweenCleanings = 200

export function createMirror(dir: string, remotes: Remotes, options: MirrorOptions): Mirror {
  const reader = createObjectReader(dir, gitEnvironment(options))
  let known: Refs | undefined
  let isDamaged = false
  let fetches = 0
  /** Refs of other repositories by the fetch after which they were looked for. */
  const beside = new Map<string, number>()

  const run = (...args: readonly string[]) => runGit(dir, args, options)
  const remake = (): void => {
    reader.close()
    known = undefined
    isDamaged = false
    beside.clear()
    rmSync(dir, { recursive: true, force: true })
  }
  const bring = async (remote: GitRemote, ...specs: readonly string[]): Promise<void> => {
    if (!existsSync(`${dir}/HEAD`)) {
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      await run('init', '--bare', '.')
    }
    const flags = [
      '--verbose',
      '--progress',
      '--prune',
      '--force',
      '--no-tags',
      '--no-write-fetch-head',
    ]
    const { depth } = remote.access?.credentials ?? {}
    if (depth !== undefined) flags.push(`--depth=${depth}`)
    const args = ['fetch', ...flags, '--no-auto-maintenance', '--', remote.url, ...specs]
    await runGit(dir, args, options, remote)
  }
  const bringAll = async (): Promise<void> => {
    try {
      await bring(await remotes.own(), heads, tags, head)
    } catch (error) {
      // an empty repository, or one whose default branch is not there, is still one
      if (!says(error, /couldn't find remote ref HEAD/i)) throw error
      await bring(await remotes.own(), heads, tags)
      await run('update-ref', '-d', remoteHead)
    }
  }
  const readRefs = async (): Promise<Refs> =>
    parseRefs(await run('for-each-ref', `--format=${refsFormat}`, ...ownRefs))

  const fetchOnce = async (): Promise<Fetched> => {
    if (isDamaged) remake()
    try {
      await bringAll()
    } catch (error) {
      // what a killed fetch left behind (locks, half a pack) is not worth mending
      if (!says(error, damage)) throw error
      remake()
      await bringAll()
    }
    fetches++
    if (fetches % fetchesBetweenCleanings === 0) await run('gc', '--auto').catch(() => undefined)
    const before = known
    known = await readRefs()
    return { ...known, changed: !sameRefs(before, known) }
  }
  const fetching = createSharedRun(fetchOnce)
  const modules = createModules({
    ...{ reader, isOn: options.submodules, remotes },
    async bring(remote, commit) {
      await bring(remote, `+${commit}:${moduleRefs}/${commit}`)
    },
  })
  const lfs = createLfs(`${dir}/driftless-lfs`, options.outbound)
  const meant = async (text: Buffer): Promise<Buffer> => {
    const pointer = parseLfsPointer(text.toString('utf8', 0, 1_100))
    if (pointer === undefined) return text
    const remote = await remotes.own()
    if (remote.access?.credentials?.enableLfs !== true) return text
    return await lfs.contents(pointer, remote)
  }
  return {
    ...{ reader, modules, meant },
    async commitBeside(address, ref) {
      const name = `${besideRefs}/${sha256Hex(`${address}\n${ref}`).slice(0, 20)}`
      if (beside.get(name) !== fetches) {
        const remote = await remotes.beside(address)
        await bring(remote, `+${ref || 'HEAD'}:${name}`)
        beside.set(name, fetches)
      }
      const found = await reader.info(`${name}^{commit}`)
      if (found !== undefined) return found.id
      throw new GitAccessError(`${withoutCredentials(address)} has no commit ${ref}`)
    },
    async file(id) {
      const found = await reader.contents(id)
      return found && (await meant(found.body))
    },
    async refs() {
      if (known === undefined && existsSync(`${dir}/HEAD`)) {
        const read = await readRefs().catch(() => undefined)
        if (read !== undefined && read.byName.size > 0) known ??= read
      }
      return known ?? (await fetching.join())
    },
    fetch: () => fetching.start(),
    discard() {
      isDamaged = true
      // whoever needs the mirror next is told when this fails
      fetching.join().catch(() => undefined)
    },
    close: () => reader.close(),
  }
}

const damage =
  /\.lock'|corrupt|bad object|not a git repository|index-pack|unable to read|invalid (sha1|object)|did not send all/i

function says(error: unknown, text: RegExp): boolean {
  return error instanceof Error && text.test(error.message)
}
