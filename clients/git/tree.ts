import { posix } from 'node:path'
import { GitAccessError } from '../../core/errors.ts'
import { cleanPath, type Entry, findEntry, modes, objectName, readEntries } from './entries.ts'
import type { Modules } from './modules.ts'
import type { ObjectReader } from './object-reader.ts'

export type TreeFile = {
  /** Relative to the folder that was read. */
  readonly path: string
  readonly blob: string
  /** Set where the file may be run; a link has no mode of its own. */
  readonly isExecutable?: true
}
/** A file as it is, with its path in the repository. */
export type FileBody = Omit<TreeFile, 'blob'> & { readonly body: Buffer }

const maxFiles = 20_000
const maxLinks = 10
const manifestForm = /\.(ya?ml|json|jsonnet|libsonnet)$/i

type Walk = {
  readonly reader: ObjectReader
  readonly modules: Modules
  readonly recurse: boolean
  /** As it was asked for, for messages. */
  readonly path: string
  count: number
}

/** A folder of one commit; inside of a submodule it is that of the submodule. */
type Folder = { readonly commit: string; readonly path: string }

/**
 * The files below a folder, in the order of the tree; links to files inside the repository are
 * followed, and so are submodules (SRC-14).
 */
export async function readTreeFiles(
  { reader, modules }: Pick<Walk, 'reader' | 'modules'>,
  commit: string,
  path: string,
  recurse: boolean,
): Promise<readonly TreeFile[]> {
  const walk = { reader, modules, recurse, path, count: 0 }
  return await filesOf(walk, await modules.locate(commit, cleanPath(path)), '')
}

async function filesOf(walk: Walk, folder: Folder, prefix: string): Promise<readonly TreeFile[]> {
  const { commit, path } = folder
  const entries = await readEntries(walk.reader, objectName(commit, path))
  if (entries === undefined) {
    throw new GitAccessError(
      `the path ${walk.path} is not a folder at ${commit.slice(0, 7)}; correct it or add the folder`,
    )
  }
  const lists = await Promise.all(
    entries.map(async (entry) => {
      const at = posix.join(path, entry.name)
      const name = prefix + entry.name
      if (entry.mode !== modes.folder && entry.mode !== modes.module) {
        return await fileOf(walk, { commit, path: at }, entry, name)
      }
      if (!walk.recurse) return []
      const below = entry.mode === modes.folder ? { commit, path: at } : undefined
      const inside = below ?? (await walk.modules.enter(commit, at, entry.id))
      return inside === undefined ? [] : await filesOf(walk, inside, `${name}/`)
    }),
  )
  return lists.flat()
}

async function fileOf(
  walk: Walk,
  { commit, path }: Folder,
  entry: Entry,
  name: string,
): Promise<readonly TreeFile[]> {
  const linked = entry.mode === modes.link
  const blob = linked ? await followLink(walk.reader, commit, path, entry.id) : entry.id
  if (blob === undefined) return []
  walk.count++
  if (walk.count > maxFiles) {
    throw new GitAccessError(`the path ${walk.path} holds more than ${maxFiles} files; narrow it`)
  }
  return [{ path: name, blob, ...(entry.mode === modes.program && { isExecutable: true }) }]
}

/** The file behind a symbolic link; undefined for a folder and for a dead link that is no manifest. */
async function followLink(
  reader: ObjectReader,
  commit: string,
  link: string,
  id: string,
): Promise<string | undefined> {
  let at = link
  let text = await linkText(reader, id)
  for (let links = 0; links < maxLinks; links++) {
    const target = text.startsWith('/') ? '..' : posix.join(posix.dirname(at), text)
    if (target === '..' || target.startsWith('../')) {
      throw new GitAccessError(`the symbolic link ${link} leaves the repository; point it inside`)
    }
    at = cleanPath(target)
    const entry = await findEntry(reader, commit, at)
    if (entry?.mode !== modes.link) return fileBehind(entry, link, at)
    text = await linkText(reader, entry.id)
  }
  throw new GitAccessError(`the symbolic link ${link} goes round in circles; point it to a file`)
}

function fileBehind(entry: Entry | undefined, link: string, target: string): string | undefined {
  if (entry?.mode.startsWith('100') === true) return entry.id
  // a manifest that is silently not there would be pruned
  if (entry === undefined && target !== '' && manifestForm.test(link)) {
    throw new GitAccessError(`the symbolic link ${link} points to ${target}, which does not exist`)
  }
  return undefined
}

async function linkText(reader: ObjectReader, id: string): Promise<string> {
  return (await reader.contents(id))?.body.toString() ?? ''
}
