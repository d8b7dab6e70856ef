import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from './config.ts'

/**
 * Gives this process a folder of its own for what it writes for a moment, and empties it: one that
 * was killed may have left credentials and rendered charts there. All temporary folders lie in it.
 */
export function useScratch({ data }: Pick<Config, 'data'>, component: 'api' | 'worker'): void {
  const folder = join(data, 'scratch', component)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // biome-ignore lint/style/noProcessEnv: what looks for a temporary folder, here and in child processes, reads it
  process.env.TMPDIR = folder
}
