import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tryLock } from './lock.ts'
import { StartError } from './start-error.ts'

/** The state of one stack, ours alone until `release`. */
export type DataFolder = { readonly path: string; readonly release: () => void }

const mark = '.made-by-driftless'

/** Takes the folder for this process; refuses one that is not ours or in use. */
export function takeDataFolder(path: string): DataFolder {
  const isOurs = existsSync(join(path, mark))
  if (!isOurs && existsSync(path) && readdirSync(path).length > 0) {
    throw new StartError(
      `${path} is not empty and was not made by Driftless: give an empty folder with --data, or remove it yourself`,
    )
  }
  mkdirSync(path, { recursive: true, mode: 0o700 })
  writeFileSync(
    join(path, mark),
    'State of a local Driftless; `npm start -- --fresh` removes it.\n',
  )
  const release = lock(path)
  return { path, release }
}

function lock(path: string): () => void {
  const result = tryLock(join(path, 'lock'), '')
  if (result.kind === 'taken') return result.release
  const address = apiOf(path)
  throw new StartError(
    `Driftless already runs here (process ${result.by.pid}${address === undefined ? ', still starting' : `, ${address}`}): stop it with Ctrl-C there, or give this one its own --data and --port`,
  )
}

function apiOf(path: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(path, 'endpoints.json'), 'utf8')) as { api?: string }).api
  } catch {
    return undefined
  }
}

/** Removes all state of a folder that this process took. */
export function emptyDataFolder(path: string): void {
  const kept = new Set([mark, 'lock'])
  for (const entry of readdirSync(path)) {
    if (!kept.has(entry)) rmSync(join(path, entry), { recursive: true, force: true })
  }
}
