import { posix } from 'node:path'
import { LRUCache } from 'lru-cache'
import type { ApplicationSource } from '../core/application.ts'
import { isProgramFile } from '../core/directory-filter.ts'
import { RenderError } from '../core/errors.ts'
import { asksToBeSkipped } from '../core/manifest/yaml.ts'
import { importsOf } from '../core/render/jsonnet.ts'
import { type Checkout, clean, textAt } from './checkout.ts'

/** The Jsonnet programs of a directory, and all that they read: paths from the root of the repository. */
export type JsonnetReads = {
  readonly programs: readonly string[]
  /** Programs and imported files. */
  readonly paths: readonly string[]
  /** Folders in which imports are looked for, the last one first (DIR-06). */
  readonly libraries: readonly string[]
}

const maxRead = 5_000
// names by the id of the tree: most directories hold no program, which is not looked for twice
const knownPrograms = new LRUCache<string, readonly string[]>({ max: 20_000 })

/** Undefined for a directory without programs. */
export async function jsonnetReads(
  checkout: Checkout,
  { directory = {} }: ApplicationSource,
  folder: string,
): Promise<JsonnetReads | undefined> {
  const all = await programsIn(checkout, folder, directory.recurse === true)
  const selected = all
    .filter((name) => isProgramFile(name, directory))
    .map((name) => posix.join(folder, name))
    .sort()
  const texts = await Promise.all(selected.map((program) => textAt(checkout, program)))
  const programs = selected.filter((_, index) => !asksToBeSkipped(texts[index] ?? ''))
  if (programs.length === 0) return undefined
  const libraries = [folder, ...(directory.jsonnet?.libs ?? []).map(clean)]
  const walk = { checkout, libraries, read: new Set<string>() }
  for (const program of programs) await visit(walk, program)
  return { programs, paths: [...walk.read], libraries }
}

async function programsIn(
  { reader, url, commit }: Checkout,
  folder: string,
  recurse: boolean,
): Promise<readonly string[]> {
  const at = await reader.objectAt(url, commit, folder)
  const name = `${at?.id} ${recurse}`
  const known = knownPrograms.get(name)
  if (known !== undefined) return known
  const files = await reader.readTree(url, commit, folder, { recurse })
  const found = files.map(({ path }) => path).filter((path) => path.endsWith('.jsonnet'))
  knownPrograms.set(name, found)
  return found
}

type Walk = {
  readonly checkout: Checkout
  readonly libraries: readonly string[]
  readonly read: Set<string>
}

/** Follows the imports from file to file; what leads out of the repository is refused (H1). */
async function visit(walk: Walk, path: string): Promise<void> {
  if (walk.read.has(path)) return
  if (walk.read.size >= maxRead)
    throw new RenderError(`${path}: more than ${maxRead} files are read`)
  walk.read.add(path)
  const { reader, url, commit } = walk.checkout
  // as it will be written: a link is its target here
  const [file] = await reader.readFiles(url, commit, path)
  for (const imported of importsOf(file?.body.toString('utf8') ?? '', path)) {
    const found = await lookedUp(walk, path, imported)
    if (found !== undefined) await visit(walk, found)
  }
}

/** Where Jsonnet finds it: beside the importing file, then in the libraries from the last to the first. */
async function lookedUp(
  { checkout: { reader, url, commit }, libraries }: Walk,
  from: string,
  imported: string,
): Promise<string | undefined> {
  for (const folder of [posix.dirname(from), ...libraries.toReversed()]) {
    const path = clean(posix.join(folder, imported))
    const found = await reader.objectAt(url, commit, path)
    if (found !== undefined && !found.isFolder) return path
  }
  // Jsonnet itself says what is missing, if it was an import at all
  return undefined
}
