import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { choosePorts, isFree, untilFree } from './ports.ts'

let folder: string
let file: string
let server: Server

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ports-'))
  file = join(folder, 'ports.json')
  server = createServer()
})

afterEach(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

async function listen(port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

test('all ports are different and free', async () => {
  const ports = Object.values(await choosePorts(file, 0))
  expect(new Set(ports).size).toBe(ports.length)
  expect(await untilFree(ports, 0)).toBe(true)
})

test('the next start gets the same ports', async () => {
  expect(await choosePorts(file, 0)).toEqual(await choosePorts(file, 0))
})

test('a port that somebody took meanwhile is replaced, the others stay', async () => {
  const before = await choosePorts(file, 0)
  await listen(before.kafka)
  const after = await choosePorts(file, 0)
  expect(after.kafka).not.toBe(before.kafka)
  expect({ ...after, kafka: 0 }).toEqual({ ...before, kafka: 0 })
})

test('an API port in use is refused with the port and the option', async () => {
  const { api } = await choosePorts(file, 0)
  await listen(api)
  await expect(choosePorts(file, api)).rejects.toThrow(
    `port ${api} of the API is in use by another process: stop that, or choose another with \`npm start -- --port N\``,
  )
})

test('a port counts as free again once its listener is gone', async () => {
  const { api } = await choosePorts(file, 0)
  await listen(api)
  expect(await isFree(api)).toBe(false)
  expect(await untilFree([api], 0)).toBe(false)
  const waiting = untilFree([api], 10_000)
  server.close()
  expect(await waiting).toBe(true)
})
