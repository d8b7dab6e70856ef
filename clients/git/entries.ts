import { posix } from 'node:path'
import { GitAccessError } from '../../core/errors.ts'
import type { ObjectReader } from './object-reader.ts'

/** What stands in a tree: a file, a link, a folder or the commit of a submodule. */
export type Entry = { readonly mode: string; readonly name: string; readonly id: string }

export const modes = {
  ...{ folder: '40000', link: '120000', module: '160000', program: '100755' },
} as const

/** A path inside a repository in its one spelling; paths that leave it are refused (SRC-02). */
export function cleanPath(path: string): string {
  const clean = posix.normalize(path === '' ? '.' : path).replace(/\/$/, '')
  if (clean.startsWith('/') || clean === '..' || clean.startsWith('../')) {
    throw new GitAccessError(`the path ${path} leaves the repository; give one inside it`)
  }
  return clean === '.' ? '' : clean
}

/** The name of a folder or file of a commit, as git cat-file takes it. */
export function objectName(commit: string, path: string): string {
  return path === '' ? `${commit}^{tree}` : `${commit}:${path}`
}

/** The entry of a folder's tree that a path means; undefined when there is none. */
export async function findEntry(
  reader: ObjectReader,
  commit: string,
  path: string,
): Promise<Entry | undefined> {
  const folder = posix.dirname(path)
  const entries = await readEntries(reader, objectName(commit, folder === '.' ? '' : folder))
  return entries?.find(({ name }) => name === posix.basename(path))
}

/** `<mode> <name>\0<binary id>` over and over; undefined when it is not a folder. */
export async function readEntries(
  reader: ObjectReader,
  tree: string,
): Promise<readonly Entry[] | undefined> {
  const found = await reader.contents(tree)
  if (found?.type !== 'tree') return undefined
  const { id, body } = found
  const entries: Entry[] = []
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at)
    const zero = body.indexOf(0, space)
    const end = zero + 1 + id.length / 2
    entries.push({
      mode: body.toString('utf8', at, space),
      name: body.toString('utf8', space + 1, zero),
      id: body.toString('hex', zero + 1, end),
    })
    at = end
  }
  return entries
}
