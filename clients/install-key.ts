import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { InvalidSpecError } from '../core/errors.ts'

const keyBytes = 32

/**
 * The key that encrypts the artifact cache of this machine and makes the digests of Secrets.
 * Made once, readable by us alone. Losing it only costs rendering anew.
 */
export function installKey(dir: string): Buffer {
  const path = `${dir}/install.key`
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const made = `${path}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(made, randomBytes(keyBytes), { mode: 0o600 })
    // a link is made whole or not at all: processes that start together agree on the first one's key
    linkSync(made, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(made, { force: true })
  }
  const key = readFileSync(path)
  if (key.length === keyBytes) return key
  throw new InvalidSpecError(`${path} is no key of ${keyBytes} bytes; remove it and start again`)
}
