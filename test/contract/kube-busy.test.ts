import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createTransport } from '../../clients/kube/transport.ts'
import { NetworkError } from '../../core/errors.ts'

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
  return { transport, seen }
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
