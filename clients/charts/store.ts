import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex } from '../../core/digest.ts'
import type { ChartAsk, Packed } from './asked.ts'

/** What was fetched, on our disk; nothing in it is needed again. */
export type PackedStore = {
  /** What was kept for this version; `owner` is the project that alone may read it. */
  read(ask: ChartAsk, owner: string): Promise<Packed | undefined>
  keep(ask: ChartAsk, owner: string, packed: Packed): Promise<void>
}

const keptFiles = 300
// what a file is stands in its name: by its bytes a chart cannot be told from a folder with one
const endings = { chart: '.tgz', layer: '.layer' } as const

/** Keeps the newest files below `dir`, which is there. */
export function createPackedStore(dir: string): PackedStore {
  return {
    async read(ask, owner) {
      for (const ending of Object.values(endings)) {
        const file = join(dir, `${nameOf(ask, owner)}${ending}`)
        const body = await readFile(file).catch(() => undefined)
        if (body !== undefined) return { body, isChart: ending === endings.chart }
      }
      return undefined
    },
    async keep(ask, owner, { body, isChart }) {
      const name = `${nameOf(ask, owner)}${isChart ? endings.chart : endings.layer}`
      const half = join(dir, `${name}.${process.pid}.half`)
      await writeFile(half, body, { mode: 0o600 })
      await rename(half, join(dir, name))
      await leaveNewest(dir)
    },
  }
}

/** What one project alone may read is kept apart. */
function nameOf({ url, chart, version }: ChartAsk, owner: string): string {
  return sha256Hex([owner, url, chart, version.replace(/^v/, '')].join('\n')).slice(0, 40)
}

async function leaveNewest(dir: string): Promise<void> {
  const isOurs = (file: string) => Object.values(endings).some((ending) => file.endsWith(ending))
  const files = (await readdir(dir)).filter(isOurs)
  if (files.length <= keptFiles) return
  const aged = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(dir, file))).mtimeMs })),
  )
  const old = aged.sort((a, b) => a.at - b.at).slice(0, files.length - keptFiles)
  await Promise.all(old.map(({ file }) => rm(join(dir, file), { force: true })))
}
