import { posix } from 'node:path'
import { GitAccessError } from '../../core/errors.ts'
import type { ObjectReader } from './object-reader.ts'

export type TreeFile = {
  /** Relative to the folder that was read. */
  readonly path: string
  readonly blob: string
}

type Entry = { readonly mode: string; readonly name: string; readonly id: string }

const maxFiles = 20_000
const maxLinks = 10
const manifestForm = /\.(ya?ml|json|jsonnet|libsonnet)$/i

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

/** The files below a folder, in the order of the tree; links to files inside the repository are followed. */
export async function readTreeFiles(
  reader: ObjectReader,
  commit: string,
  path: string,
  recurse: boolean,
): Promise<readonly TreeFile[]> {
  const root = cleanPath(path)
  let count = 0
  const fileOf = async (entry: Entry, name: string): Promise<readonly TreeFile[]> => {
    const linked = entry.mode === '120000'
    const blob = linked
      ? await followLink(reader, commit, posix.join(root, name), entry.id)
      : entry.id
    if (blob === undefined) return []
    count++
    if (count > maxFiles) {
      throw new GitAccessError(`the path ${path} holds more than ${maxFiles} files; narrow it`)
    }
    return [{ path: name, blob }]
  }
  const walk = async (id: string, prefix: string): Promise<readonly TreeFile[]> => {
    const entries = await readEntries(reader, id)
    if (entries === undefined) {
      throw new GitAccessError(
        `the path ${path} is not a folder at ${commit.slice(0, 7)}; correct it or add the folder`,
      )
    }
    const lists = await Promise.all(
      entries.map((entry) => {
        const name = prefix + entry.name
        if (entry.mode === '40000') return recurse ? walk(entry.id, `${name}/`) : []
        return entry.mode === '160000' ? [] : fileOf(entry, name)
      }),
    )
    return lists.flat()
  }
  return await walk(objectName(commit, root), '')
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
    if (entry?.mode !== '120000') return fileBehind(entry, link, at)
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

async function findEntry(
  reader: ObjectReader,
  commit: string,
  path: string,
): Promise<Entry | undefined> {
  const folder = posix.dirname(path)
  const entries = await readEntries(reader, objectName(commit, folder === '.' ? '' : folder))
  return entries?.find(({ name }) => name === posix.basename(path))
}

/** `<mode> <name>\0<binary id>` over and over; undefined when it is not a folder. */
async function readEntries(
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
