import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { NetworkError, RenderError } from '../core/errors.ts'
import { isOpen } from './outbound.ts'
import { createRemoteValues } from './remote-values.ts'

test.each([
  ['8.8.8.8', true],
  ['10.0.0.1', true],
  ['127.0.0.1', false],
  ['0.0.0.0', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['::ffff:169.254.169.254', false],
  ['169.254.169.254', false],
  ['fe80::1', false],
  ['not an address', false],
])('%s may be asked: %s (H3)', (address, expected) => {
  expect(isOpen(address, false)).toBe(expected)
})

test('only our own addresses are opened by a local stack (H3)', () => {
  expect(isOpen('127.0.0.1', true)).toBe(true)
  expect(isOpen('169.254.169.254', true)).toBe(false)
})

describe('a value file at an address', () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    if (request.url === '/values.yaml') response.end('color: far\n')
    else if (request.url === '/elsewhere')
      response.writeHead(302, { location: '/values.yaml' }).end()
    else if (request.url === '/large') response.end('a'.repeat(6 * 1024 * 1024))
    else response.writeHead(500).end()
  })
  let port = 0
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => void server.close())

  it('is read where it may be asked for, and nowhere else (HELM-01, H3)', async () => {
    const open = createRemoteValues({ allowLoopback: true })
    expect((await open.read(`http://127.0.0.1:${port}/values.yaml`)).toString()).toBe(
      'color: far\n',
    )
    const before = seen.length
    const closed = createRemoteValues({ allowLoopback: false })
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254']) {
      await expect(closed.read(`http://${host}:${port}/values.yaml`)).rejects.toThrow(
        'leads to an address that may not be asked',
      )
    }
    expect(seen).toHaveLength(before)
  })

  it('is refused behind a redirect and beyond its limit, and tried again when its server fails', async () => {
    const { read } = createRemoteValues({ allowLoopback: true })
    const at = (path: string) => read(`http://127.0.0.1:${port}${path}`)
    await expect(at('/elsewhere')).rejects.toThrow(/answers 302/)
    await expect(at('/large')).rejects.toThrow(RenderError)
    await expect(at('/broken')).rejects.toThrow(NetworkError)
  })
})
