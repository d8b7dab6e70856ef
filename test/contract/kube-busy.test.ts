import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createTransport, type KubeTransport } from '../../clients/kube/transport.ts'
import { NetworkError } from '../../core/errors.ts'
import { eventually } from '../harness/eventually.ts'

/** An API server that is busy for so many requests, and says when to come back unless told not to. */
async function busyServer(refusals: number, retryAfter = '0') {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.method ?? '')
    const isBusy = seen.length <= refusals
    if (isBusy && retryAfter !== '') response.setHeader('retry-after', retryAfter)
    response.writeHead(isBusy ? 429 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(isBusy ? { message: 'storage is (re)initializing' } : { ok: true }))
  })
  return { transport: await openTransport(server), seen }
}

async function openTransport(server: Server): Promise<KubeTransport> {
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening)
  })
  const { port } = server.address() as AddressInfo
  const transport = createTransport({
    server: `http://127.0.0.1:${port}`,
    tls: { rejectUnauthorized: true },
    authorization: async () => undefined,
  })
  onTestFinished(async () => {
    await transport.close()
    server.close()
  })
  return transport
}

it('asks a busy API server again when it says so, for reads and for writes', async () => {
  const { transport, seen } = await busyServer(2)
  expect(await transport.request('/api', { method: 'PATCH', body: {} })).toEqual({ ok: true })
  expect(seen).toEqual(['PATCH', 'PATCH', 'PATCH'])
})

it('gives up after five answers of that kind, with the words of the server', async () => {
  const { transport, seen } = await busyServer(100)
  const answer = transport.request('/api')
  await expect(answer).rejects.toThrow(NetworkError)
  await expect(answer).rejects.toThrow('storage is (re)initializing')
  expect(seen).toHaveLength(5)
})

it('does not ask again where the server names no time', async () => {
  const { transport, seen } = await busyServer(1, '')
  await expect(transport.request('/api')).rejects.toThrow(NetworkError)
  expect(seen).toHaveLength(1)
})

it('sends at most 32 requests at a time, and watches besides (SYNC-12)', async () => {
  const held: (() => void)[] = []
  const server = createServer((request, response) => {
    const answer = () => response.end('{}')
    if (request.url === '/watch') answer()
    else held.push(answer)
  })
  const transport = await openTransport(server)
  const all = Array.from({ length: 40 }, () => transport.request('/api'))
  await eventually(
    () => held.length,
    (count) => count === 32,
  )
  for await (const _ of await transport.stream('/watch', {})) break
  expect(held).toHaveLength(32)
  for (const answer of held.splice(0)) answer()
  await eventually(
    () => held.length,
    (count) => count === 8,
  )
  for (const answer of held) answer()
  expect(await Promise.all(all)).toHaveLength(40)
})
