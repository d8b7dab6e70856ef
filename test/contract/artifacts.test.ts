import { fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createArtifacts } from '../../clients/artifacts.ts'
import { installKey } from '../../clients/install-key.ts'

let dir: string
let key: Buffer

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-artifacts-'))
  key = installKey(join(dir, 'key'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const files = (): readonly string[] => readdirSync(join(dir, 'cache'))
const open = (options: { readonly maxBytes?: number; readonly key?: Buffer } = {}) =>
  createArtifacts({ dir: join(dir, 'cache'), key, ...options })

test('a body is found under its digest, by another process too', async () => {
  const digest = await open().put('password: hunter2')
  expect((await open().get(digest))?.toString()).toBe('password: hunter2')
  expect(await open().get('0'.repeat(64))).toBeUndefined()
})

test('nothing on the disk tells the body: it is encrypted, private, and named by a keyed digest', async () => {
  const body = 'password: hunter2'
  const digest = await open().put(body)
  expect(digest).toBe(createHmac('sha256', key).update(body).digest('hex'))
  expect(files()).toEqual([digest])
  const path = join(dir, 'cache', digest)
  expect(readFileSync(path).includes('hunter2')).toBe(false)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'key', 'install.key')).mode & 0o777).toBe(0o600)
})

test('H15: a body that was damaged, cut, swapped or forged with another key is not there (cache poisoning)', async () => {
  const digest = await open().put('one')
  const other = await open().put('two')
  const path = join(dir, 'cache', digest)
  const good = readFileSync(path)
  const flipped = Buffer.from(good)
  flipped.writeUInt8(flipped.readUInt8(30) ^ 1, 30)
  for (const bad of [
    flipped,
    good.subarray(0, 20),
    Buffer.alloc(0),
    readFileSync(join(dir, 'cache', other)),
  ]) {
    writeFileSync(path, bad)
    expect(await open().get(digest)).toBeUndefined()
  }
  writeFileSync(path, good)
  expect(await open({ key: Buffer.alloc(32, 1) }).get(digest)).toBeUndefined()
  expect((await open().get(digest))?.toString()).toBe('one')
})

test('a digest is never a path', async () => {
  writeFileSync(join(dir, 'secret'), 'x')
  expect(await open().get('../secret')).toBeUndefined()
})

test('beyond its size the bodies go that were not used for longest, and what a killed process left', async () => {
  const artifacts = open({ maxBytes: 100_000 })
  const body = (n: number): string => String(n).repeat(20_000)
  const digests = [
    await artifacts.put(body(0)),
    await artifacts.put(body(1)),
    await artifacts.put(body(2)),
  ]
  const longAgo = new Date(Date.now() - 3_600_000)
  for (const digest of digests) utimesSync(join(dir, 'cache', digest), longAgo, longAgo)
  const leftover = join(dir, 'cache', `${digests[0]}.0.tmp`)
  writeFileSync(leftover, 'half')
  utimesSync(leftover, longAgo, longAgo)
  await open({ maxBytes: 100_000 }).get(digests[0] ?? '')
  for (const n of [3, 4, 5]) await artifacts.put(body(n))
  expect(files()).not.toContain(`${digests[0]}.0.tmp`)
  expect(files()).toContain(digests[0])
  expect(files().length).toBe(4)
})

test('processes that start together agree on one key', async () => {
  const script = join(dir, 'first.mjs')
  const module = new URL('../../clients/install-key.ts', import.meta.url)
  writeFileSync(
    script,
    `const { installKey } = await import('${module}'); process.send(installKey('${dir}/shared').toString('hex'))`,
  )
  const keys = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const child = fork(script)
      return await new Promise((resolve) => child.once('message', resolve))
    }),
  )
  expect(new Set(keys).size).toBe(1)
  expect(String(keys[0])).toHaveLength(64)
})
