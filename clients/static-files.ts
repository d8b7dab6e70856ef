import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Files that are served as they are. */
export type StaticFiles = {
  /** Undefined for every name that is not on the list. */
  read(name: string): Promise<{ readonly body: string; readonly type: string } | undefined>
}

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
}

/** Serves the listed files of a folder and nothing else; they are read when they are asked for. */
export function createStaticFiles(folder: string, names: readonly string[]): StaticFiles {
  return {
    async read(name) {
      if (!names.includes(name)) return undefined
      const type = types[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
      return { body: await readFile(join(folder, name), 'utf8'), type }
    },
  }
}
