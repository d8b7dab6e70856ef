import { posix } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { TreeReader } from '../clients/charts.ts'
import { RenderError } from '../core/errors.ts'

/** One commit of a repository, or one version of a chart. */
export type Checkout = {
  readonly reader: TreeReader
  readonly url: string
  readonly commit: string
}

/** A file of one of the repositories that a source reads. */
export type FileAt = { readonly checkout: Checkout; readonly path: string }

// names by the id of the folder's tree: the same tree has the same names for ever
const knownNames = new LRUCache<string, readonly string[]>({ max: 20_000 })

/** The names of the files that lie in a folder. */
export async function namesIn(
  { reader, url, commit }: Checkout,
  folder: string,
): Promise<readonly string[]> {
  const at = await reader.objectAt(url, commit, folder)
  const known = knownNames.get(at?.id ?? '')
  if (known !== undefined) return known
  const files = await reader.readTree(url, commit, folder, { recurse: false })
  const found = files.map(({ path }) => path)
  if (at !== undefined) knownNames.set(at.id, found)
  return found
}

/** A path of the repository in one spelling; RenderError for one that leaves it. */
export function clean(path: string): string {
  const found = posix.normalize(path).replace(/\/$/, '')
  if (found === '..' || found.startsWith('../') || found.startsWith('/')) {
    throw new RenderError(`the path ${path} leaves the repository; give one inside it`)
  }
  return found
}

/** The text of a file; empty when there is none. */
export async function textAt({ reader, url, commit }: Checkout, path: string): Promise<string> {
  const at = await reader.objectAt(url, commit, path)
  return at === undefined ? '' : ((await reader.readBlobs(url, [at.id])).get(at.id) ?? '')
}
