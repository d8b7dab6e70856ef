import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { LRUCache } from 'lru-cache'

/**
 * Content-addressed bodies on local disk: encrypted and authenticated with the install key, bounded,
 * oldest use out first. A cache only: a lost or damaged body is made again.
 */
export type Artifacts = {
  /** Stores a body; the digest that names it is an HMAC, so it tells nothing of a Secret inside. */
  put(body: string): Promise<string>
  get(digest: string): Promise<Buffer | undefined>
}

export type ArtifactOptions = {
  readonly dir: string
  /** 32 bytes. */
  readonly key: Buffer
  readonly maxBytes?: number
}

const defaultMaxBytes = 1024 ** 3
const inMemoryBytes = 64 * 1024 ** 2
/** Part of the limit that is written before the oldest go. */
const sweepShare = 1 / 16
const staleMs = 60_000

/** Opens the cache below `dir`; several processes may share it. */
export function createArtifacts({
  dir,
  key,
  maxBytes = defaultMaxBytes,
}: ArtifactOptions): Artifacts {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const memory = new LRUCache<string, Buffer>({
    maxSize: inMemoryBytes,
    sizeCalculation: (body) => body.length + 1,
  })
  // what an earlier process left counts from the first write on
  let unswept = maxBytes * sweepShare
  const written = async (bytes: number): Promise<void> => {
    unswept += bytes
    if (unswept < maxBytes * sweepShare) return
    unswept = 0
    await sweep(dir, maxBytes)
  }
  return {
    async put(body) {
      const digest = createHmac('sha256', key).update(body).digest('hex')
      if (memory.has(digest)) return digest
      const bytes = Buffer.from(body)
      memory.set(digest, bytes)
      const sealed = seal(bytes, key)
      await writeWhole(`${dir}/${digest}`, sealed)
      await written(sealed.length)
      return digest
    },
    async get(digest) {
      const known = memory.get(digest)
      if (known !== undefined) return known
      if (!/^[0-9a-f]{64}$/.test(digest)) return undefined
      const path = `${dir}/${digest}`
      const sealed = await readFile(path).catch(() => undefined)
      const body = sealed && open(sealed, key)
      if (body === undefined || createHmac('sha256', key).update(body).digest('hex') !== digest) {
        return undefined
      }
      memory.set(digest, body)
      const now = new Date()
      await utimes(path, now, now).catch(() => undefined)
      return body
    },
  }
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  await writeFile(temporary, bytes, { mode: 0o600 })
  await rename(temporary, path)
}

const ivBytes = 12
const tagBytes = 16

function seal(body: Buffer, key: Buffer): Buffer {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  const encrypted = Buffer.concat([cipher.update(body), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), encrypted])
}

function open(sealed: Buffer, key: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, ivBytes), {
      authTagLength: tagBytes,
    })
    decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
    return Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()])
  } catch {
    // damaged or written with another key: a miss
    return undefined
  }
}

/** Removes what a killed process left half-written, and the bodies not used for longest until the rest fits. */
async function sweep(dir: string, maxBytes: number): Promise<void> {
  const names = await readdir(dir)
  const files = await Promise.all(
    names.map(async (name) => {
      const found = await stat(`${dir}/${name}`).catch(() => undefined)
      return { name, size: found?.size ?? 0, usedAt: found?.mtimeMs ?? 0 }
    }),
  )
  const staleBefore = Date.now() - staleMs
  let total = 0
  for (const { name, size, usedAt } of files.sort((a, b) => b.usedAt - a.usedAt)) {
    const isLeftover = name.endsWith('.tmp') && usedAt < staleBefore
    if (!isLeftover) total += size
    if (isLeftover || total > maxBytes) await rm(`${dir}/${name}`, { force: true })
  }
}
