import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Plugin, readPlugin } from '../core/render/plugin.ts'

/** The plugins that the operator put into a folder, as it is now. */
export type Plugins = {
  /** In the order of their files; what cannot be read is told and left out. */
  all(): Promise<readonly Plugin[]>
}

/** Reads the `.yaml` files of the folder; without a folder there are no plugins. */
export function createPlugins(
  folder: string | undefined,
  onError: (error: unknown) => void,
): Plugins {
  let known: { readonly state: string; readonly plugins: readonly Plugin[] } | undefined
  let looking: Promise<readonly Plugin[]> | undefined
  const look = async (from: string): Promise<readonly Plugin[]> => {
    const names = (await readdir(from).catch(() => [])).filter((name) => /\.ya?ml$/.test(name))
    const files = names.sort().map((name) => join(from, name))
    // a mounted ConfigMap is changed by exchanging links: time and place tell
    const stats = await Promise.all(files.map((file) => stat(file)))
    const state = stats.map(({ ino, mtimeMs, size }) => `${ino} ${mtimeMs} ${size}`).join('\n')
    if (known?.state === state) return known.plugins
    const read = await Promise.all(files.map((file) => pluginIn(file, onError)))
    const plugins = read.filter((plugin) => plugin !== undefined)
    known = { state, plugins }
    return plugins
  }
  return {
    async all() {
      if (folder === undefined) return []
      // a push asks for every Application of its repository at once
      looking ??= look(folder).finally(() => {
        looking = undefined
      })
      return await looking
    },
  }
}

async function pluginIn(
  file: string,
  onError: (error: unknown) => void,
): Promise<Plugin | undefined> {
  try {
    return readPlugin(await readFile(file, 'utf8'), file)
  } catch (error) {
    onError(error)
    return undefined
  }
}
