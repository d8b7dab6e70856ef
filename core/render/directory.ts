import { type DirectoryFilter, isRenderedFile } from '../directory-filter.ts'
import { type ParsedManifest, parseManifests } from '../manifest/yaml.ts'
import { isOverrideFile } from './overrides.ts'

export type DirectoryEntry = { readonly path: string; readonly blob: string }
const skipped = '# +argocd:skip-file-rendering'

/**
 * The manifests of a plain directory, in the order of their paths (DIR-01 to DIR-04).
 * `readBlobs` gives the texts; it is asked once, for the files that count.
 */
export async function readDirectory(
  entries: readonly DirectoryEntry[],
  filter: DirectoryFilter,
  readBlobs: (ids: readonly string[]) => Promise<ReadonlyMap<string, string>>,
): Promise<readonly ParsedManifest[]> {
  const files = entries
    .filter(({ path }) => isRenderedFile(path, filter) && !isOverrideFile(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const texts = await readBlobs(files.map(({ blob }) => blob))
  return files.flatMap(({ path, blob }) => {
    const text = texts.get(blob) ?? ''
    return text.includes(skipped) ? [] : parseManifests(text, path)
  })
}
