import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

type LockHolder = ProcessIdentity & { readonly note: string }

/** Either ours until `release`, or held by a process that lives. */
export type LockResult =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: LockHolder }

/** Takes the lock file, also from a process that died with it. `note` is what others are told. */
export function tryLock(file: string, note: string): LockResult {
  const own = `${file}.${process.pid}`
  writeFileSync(own, JSON.stringify({ ...identify(process.pid), note }), { mode: 0o600 })
  try {
    // the second round follows after a stale lock was moved away
    for (let round = 0; round < 2; round++) {
      if (linked(own, file)) return { kind: 'taken', release: () => rmSync(file, { force: true }) }
      const holder = readHolder(file)
      if (holder !== undefined && isAlive(holder)) return { kind: 'held', by: holder }
      moveAway(file, holder)
    }
  } finally {
    rmSync(own, { force: true })
  }
  return tryLock(file, note)
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function readHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockHolder
  } catch {
    return undefined
  }
}

function moveAway(file: string, stale: LockHolder | undefined): void {
  const aside = `${file}.stale.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    // another process moved it first
    return
  }
  const moved = readHolder(aside)
  // between our look and the rename somebody may have taken it: give it back
  if (moved !== undefined && moved.pid !== stale?.pid && isAlive(moved)) linked(aside, file)
  rmSync(aside, { force: true })
}
