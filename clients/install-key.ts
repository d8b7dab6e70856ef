import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * The key that encrypts the artifact cache of this machine and makes the digests of Secrets.
 * Made once, readable by us alone. Losing it only costs rendering anew.
 */
export function installKey(dir: string): Buffer {
  const path = `${dir}/install.key`
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  try {
    // fails when it exists: two processes that start together agree on the first one's key
    writeFileSync(path, randomBytes(32), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path)
}
