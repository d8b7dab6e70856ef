import { posix } from 'node:path'
import { sha256Hex } from '../../core/digest.ts'
import type { Git } from '../git.ts'
import type { ChartFiles } from './archive.ts'

/** What is read of a repository at one commit; a packed chart is read the same way. */
export type TreeReader = Pick<Git, 'objectAt' | 'readTree' | 'readFiles' | 'readBlobs'>

/** Reads the files of a packed chart as if they lay in a repository whose root is the chart. */
export function chartTree(digest: string, files: ChartFiles): TreeReader {
  const idOf = (path: string) => sha256Hex(`${digest}\n${path}`)
  const byId = new Map([...files].map(([path, body]) => [idOf(path), body]))
  const below = (path: string): readonly string[] => {
    const folder = plain(path)
    const prefix = folder === '' ? '' : `${folder}/`
    return [...files.keys()].filter((name) => name.startsWith(prefix)).sort()
  }
  return {
    async objectAt(_, __, path) {
      const name = plain(path)
      if (files.has(name)) return { id: idOf(name), isFolder: false }
      return below(path).length === 0 ? undefined : { id: idOf(`${name}/`), isFolder: true }
    },
    async readTree(_, __, path, { recurse }) {
      const folder = plain(path)
      const start = folder === '' ? 0 : folder.length + 1
      return below(path)
        .map((name) => ({ path: name.slice(start), blob: idOf(name) }))
        .filter((file) => recurse || !file.path.includes('/'))
    },
    async readFiles(_, __, path) {
      const names = files.has(plain(path)) ? [plain(path)] : below(path)
      return names.map((name) => ({ path: name, body: files.get(name) ?? Buffer.alloc(0) }))
    },
    async readBlobs(_, ids) {
      return new Map(ids.map((id) => [id, byId.get(id)?.toString('utf8') ?? '']))
    },
  }
}

function plain(path: string): string {
  const clean = posix.normalize(path === '' ? '.' : path).replace(/\/$/, '')
  return clean === '.' ? '' : clean
}
