import { mkdirSync } from 'node:fs'
import { posix } from 'node:path'
import { LRUCache } from 'lru-cache'
import { sha256Hex } from '../core/digest.ts'
import { GitAccessError } from '../core/errors.ts'
import { isCommit, isShortCommit } from '../core/git/commit.ts'
import { parseLfsPointer } from '../core/git/lfs.ts'
import { withoutCredentials } from '../core/git-url.ts'
import { cleanPath } from './git/entries.ts'
import { createGithubApps } from './git/github-app.ts'
import { createMirror, type Mirror, type MirrorOptions } from './git/mirror.ts'
import { refCommit } from './git/refs.ts'
import { remoteOf } from './git/remote.ts'
import { remotesOf } from './git/remotes.ts'
import { textOf } from './git/text.ts'
import { type FileBody, readTreeFiles, type TreeFile } from './git/tree.ts'
import type { AccessIndex } from './repository-access.ts'

/** Repositories, read through bare mirrors on our disk; no work trees. Errors are GitAccessError and GitAuthError. */
export type Git = {
  /** Brings the mirror up to date; says what commit the default branch is now, and whether any ref moved. */
  fetch(repository: {
    readonly url: string
  }): Promise<{ readonly head: string | undefined; readonly changed: boolean }>
  /** The repositories as the Applications of a project may reach them; without a project, as everybody may. */
  of(project: string): Git
  /** Names the mirror: what one project alone may read has a mirror of its own. */
  mirrorName(url: string): Promise<string>
  /** The commit of a branch, tag, version constraint, full or short SHA, or HEAD, as the mirror has it. */
  resolve(url: string, revision: string, tagPrefix?: string): Promise<{ readonly commit: string }>
  /**
   * The commit of a ref of another repository, which is brought into this mirror; credentials only
   * go along to the same server.
   */
  commitBeside(url: string, address: string, ref: string): Promise<string>
  /** Whether the mirror holds the commit. */
  has(url: string, commit: string): Promise<boolean>
  /** Identity of all below a path; undefined when it is not a folder there. Many at once cost one round trip. */
  treeHash(url: string, commit: string, path: string): Promise<string | undefined>
  /** The files of a folder; links out of the repository are refused. */
  readTree(
    url: string,
    commit: string,
    path: string,
    options: { readonly recurse: boolean },
  ): Promise<readonly TreeFile[]>
  /** Identity of the file or folder at a path; undefined when there is none. */
  objectAt(
    url: string,
    commit: string,
    path: string,
  ): Promise<{ readonly id: string; readonly isFolder: boolean } | undefined>
  /** The files at and below a path as they are, with their paths in the repository. */
  readFiles(url: string, commit: string, path: string): Promise<readonly FileBody[]>
  /** The texts of files, by blob id. */
  readBlobs(url: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>
  commitInfo(url: string, commit: string): Promise<CommitInfo>
  /** Ends the processes that read; what is asked afterwards starts them again. */
  close(): void
}

type CommitInfo = { readonly subject: string; readonly author: string }
export type GitOptions = MirrorOptions & {
  readonly dir: string
  /** How repositories are reached; without it all have to be open to everybody. */
  readonly access?: Pick<AccessIndex, 'synced' | 'of'>
}

const cachedBytes = 64 * 1024 * 1024

/** Keeps the mirrors below `dir`; nothing in it is needed again. */
export function createGit({ dir, access, ...options }: GitOptions): Git {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const mirrors = new Map<string, Mirror>()
  const infos = new LRUCache<string, CommitInfo>({ max: 1_000 })
  const blobs = new LRUCache<string, string>({
    maxSize: cachedBytes,
    sizeCalculation: (text) => text.length + 1,
  })
  const githubApps = createGithubApps(Date.now, options.outbound)
  /** The project whose own credentials these are; what they open is not for others. */
  const ownerOf = async (project: string, url: string): Promise<string> => {
    await access?.synced
    return access?.of(url, project).credentials?.project ?? ''
  }
  const mirrorIn = async (project: string, url: string): Promise<Mirror> => {
    const owner = await ownerOf(project, url)
    const name = mirrorName(url, owner)
    const known = mirrors.get(name)
    if (known !== undefined) return known
    // the credentials of now, but never those of another project than the mirror's
    const accessTo = (address: string) => access?.of(address, owner)
    // an address that is none never becomes a mirror
    remoteOf(url, {}, options.allowFile)
    const remotes = remotesOf(url, { accessTo, signedIn: githubApps.signedIn, ...options })
    const mirror = createMirror(`${dir}/${name}`, remotes, options)
    mirrors.set(name, mirror)
    return mirror
  }
  const caches = { infos, blobs }
  const within = (project: string): Git => ({
    ...readingOf((url) => mirrorIn(project, url), caches),
    of: within,
    mirrorName: async (url) => mirrorName(url, await ownerOf(project, url)),
    close() {
      for (const mirror of mirrors.values()) mirror.close()
    },
  })
  return within('')
}

function mirrorName(url: string, owner: string): string {
  return sha256Hex(owner === '' ? url : `${url}\n${owner}`).slice(0, 20)
}

type Caches = {
  readonly infos: LRUCache<string, CommitInfo>
  readonly blobs: LRUCache<string, string>
}

function readingOf(
  mirrorOf: (url: string) => Promise<Mirror>,
  { infos, blobs }: Caches,
): Omit<Git, 'of' | 'mirrorName' | 'close'> {
  /** After a lost cache the mirror is made before it is read. */
  const present = async (url: string): Promise<Mirror> => {
    const mirror = await mirrorOf(url)
    await mirror.refs()
    return mirror
  }
  const readerOf = async (url: string) => (await present(url)).reader
  const readRaw = async (mirror: Mirror, url: string, id: string): Promise<string> => {
    const known = blobs.get(id)
    if (known !== undefined) return known
    const found = await mirror.reader.contents(id)
    if (found === undefined) {
      mirror.discard()
      throw new GitAccessError(
        `the mirror of ${withoutCredentials(url)} lost a file; it is made anew`,
      )
    }
    const text = textOf(found.body)
    blobs.set(id, text)
    return text
  }
  // what a pointer of LFS stands for is never kept here: it is for those who may read the repository
  const readBlob = async (url: string, id: string): Promise<string> => {
    const mirror = await present(url)
    const text = await readRaw(mirror, url, id)
    const isPointer = parseLfsPointer(text) !== undefined
    return isPointer ? (await mirror.meant(Buffer.from(text))).toString('utf8') : text
  }
  const has = async (url: string, commit: string): Promise<boolean> =>
    isCommit(commit) && (await (await readerOf(url)).info(`${commit}^{commit}`)) !== undefined

  return {
    async fetch({ url }) {
      const { head, changed } = await (await mirrorOf(url)).fetch()
      return { head, changed }
    },
    async resolve(url, revision, tagPrefix) {
      const mirror = await mirrorOf(url)
      const shown = withoutCredentials(url)
      const commit = refCommit(await mirror.refs(), revision, shown, tagPrefix)
      if (commit !== undefined) return { commit }
      const isSha = isCommit(revision) || isShortCommit(revision)
      const found = isSha ? await mirror.reader.info(`${revision}^{commit}`) : undefined
      if (found !== undefined) return { commit: found.id }
      throw new GitAccessError(
        `${shown} has no revision ${revision}; set targetRevision to a branch, tag or commit that exists`,
      )
    },
    has,
    commitBeside: async (url, address, ref) =>
      await (await present(url)).commitBeside(address, ref),
    async treeHash(url, commit, path) {
      const found = await (await present(url)).modules.info(commit, cleanPath(path))
      if (found?.type === 'tree') return found.id
      if (found !== undefined || (await has(url, commit))) return undefined
      throw new GitAccessError(
        `${withoutCredentials(url)} has no commit ${commit.slice(0, 7)} any more`,
      )
    },
    readTree: async (url, commit, path, { recurse }) =>
      await readTreeFiles(await present(url), commit, path, recurse),
    async objectAt(url, commit, path) {
      const found = await (await present(url)).modules.info(commit, cleanPath(path))
      return found && { id: found.id, isFolder: found.type === 'tree' }
    },
    async readFiles(url, commit, path) {
      const mirror = await present(url)
      const root = cleanPath(path)
      const at = await mirror.modules.info(commit, root)
      if (at?.type !== 'blob') {
        return await readBodies(mirror, root, await readTreeFiles(mirror, commit, path, true))
      }
      // read from its folder, where a link is followed, or refused when it leads out
      const folder = posix.dirname(root)
      const files = await readTreeFiles(mirror, commit, folder, false)
      const inRoot = folder === '.' ? '' : folder
      return await readBodies(
        mirror,
        inRoot,
        files.filter((file) => file.path === posix.basename(root)),
      )
    },
    async readBlobs(url, ids) {
      return new Map(
        await Promise.all(ids.map(async (id) => [id, await readBlob(url, id)] as const)),
      )
    },
    async commitInfo(url, commit) {
      const known = infos.get(commit)
      if (known !== undefined) return known
      const found = await (await readerOf(url)).contents(commit)
      const info = commitInfoOf(found?.body.toString('utf8') ?? '')
      if (found !== undefined) infos.set(commit, info)
      return info
    },
  }
}

const maxExportedBytes = 100 * 1024 * 1024

async function readBodies(mirror: Mirror, root: string, files: readonly TreeFile[]) {
  const read: FileBody[] = []
  let bytes = 0
  for (const { blob, ...file } of files) {
    const body = (await mirror.file(blob)) ?? Buffer.alloc(0)
    bytes += body.length
    if (bytes > maxExportedBytes) {
      throw new GitAccessError(
        `the path ${root} holds more than ${maxExportedBytes / 1024 / 1024} MiB; narrow it`,
      )
    }
    const path = [root, file.path].filter((part) => part !== '').join('/')
    read.push({ ...file, path, body })
  }
  return read
}

function commitInfoOf(text: string): CommitInfo {
  const author = /^author (.*) <[^>]*> \d+ [+-]\d+$/m.exec(text)?.[1] ?? ''
  const bodyAt = text.indexOf('\n\n')
  const subject = bodyAt < 0 ? '' : (text.slice(bodyAt + 2).split('\n')[0] ?? '')
  return { subject: subject.slice(0, 200), author: author.slice(0, 100) }
}
