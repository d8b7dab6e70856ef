import { type DirectoryFilter, isRenderedFile } from '../directory-filter.ts'
import { RenderError } from '../errors.ts'
import { type ParsedManifest, parseFile } from '../manifest/yaml.ts'
import { isOverrideFile } from './overrides.ts'

export type DirectoryEntry = { readonly path: string; readonly blob: string }

/** A folder, and what of it counts. */
export type Directory = {
  /** From the root of its repository, as errors name it. */
  readonly folder: string
  readonly entries: readonly DirectoryEntry[]
  readonly filter: DirectoryFilter
  /** How many bytes its manifests may have together; undefined for any number (SRC-19). */
  readonly maxBytes: number | undefined
}

/** Gives the texts of files by their ids. */
type ReadBlobs = (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>

// what is too much is noticed before all of it is read
const atOnce = 500

/** The manifests of a plain directory, in the order of their paths (DIR-01 to DIR-04). */
export async function readDirectory(
  { folder, entries, filter, maxBytes }: Directory,
  readBlobs: ReadBlobs,
): Promise<readonly ParsedManifest[]> {
  const files = entries
    .filter(({ path }) => isRenderedFile(path, filter) && !isOverrideFile(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const found: ParsedManifest[] = []
  let bytes = 0
  for (let begin = 0; begin < files.length; begin += atOnce) {
    const some = files.slice(begin, begin + atOnce)
    const texts = await readBlobs(some.map(({ blob }) => blob))
    for (const { path, blob } of some) {
      const text = texts.get(blob) ?? ''
      bytes += new TextEncoder().encode(text).length
      if (maxBytes !== undefined && bytes > maxBytes) throw tooLarge(folder, maxBytes)
      found.push(...parseFile(text, folder === '.' ? path : `${folder}/${path}`))
    }
  }
  return found
}

function tooLarge(folder: string, maxBytes: number): RenderError {
  return new RenderError(
    `the manifests of the folder ${folder} have more than ${maxBytes} bytes together; leave files out (directory.exclude), divide it among Applications, or let the operator raise reposerver.max.combined.directory.manifests.size`,
  )
}
