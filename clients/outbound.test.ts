import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { GitAccessError, NetworkError, RenderError } from '../core/errors.ts'
import { ask } from './outbound/ask.ts'
import { createOutbound, type OutboundOptions, zoneOf } from './outbound.ts'
import { createRemoteFiles } from './remote-files.ts'

test.each([
  ['8.8.8.8', 'public'],
  ['2606:4700::1111', 'public'],
  ['10.0.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['127.0.0.1', 'loopback'],
  ['127.255.0.1', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['169.254.169.254', 'closed'],
  ['::ffff:169.254.169.254', 'closed'],
  ['::ffff:a9fe:a9fe', 'closed'],
  ['64:ff9b::169.254.169.254', 'closed'],
  ['fd00:ec2::254', 'closed'],
  ['100.100.100.200', 'closed'],
  ['fe80::1', 'closed'],
  ['fe80::1%eth0', 'closed'],
  ['224.0.0.1', 'closed'],
  ['not an address', 'closed'],
])('H3: %s is %s', (address, zone) => {
  expect(zoneOf(address)).toBe(zone)
})

/** Answers of a name server, one after the other. */
function named(...answers: string[][]): NonNullable<OutboundOptions['lookUp']> {
  return async () =>
    (answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}

describe('H3: what a name leads to (SSRF)', () => {
  const at = (allowLoopback: boolean, ...answers: string[]) =>
    createOutbound({ allowLoopback, lookUp: named(answers) })

  it('is open on the internet, and in our network where it was declared', async () => {
    expect((await at(false, '8.8.8.8').locate('a.example', 'public')).reach).toBe('public')
    expect((await at(false, '10.1.1.1').locate('a.example')).reach).toBe('declared')
    await expect(at(false, '10.1.1.1').locate('a.example', 'public')).rejects.toThrow(
      'only an Application or a Secret may name one of an inner network',
    )
  })

  it('is never link-local, and on this machine only in a local stack', async () => {
    await expect(at(true, '169.254.169.254').locate('a.example')).rejects.toThrow(GitAccessError)
    await expect(at(false, '127.0.0.1').locate('a.example')).rejects.toThrow(GitAccessError)
    expect((await at(true, '127.0.0.1').locate('a.example')).addresses).toHaveLength(1)
  })

  it('is only what is open of it, and opens nothing inner once it is on the internet', async () => {
    const { addresses, reach } = await at(false, '169.254.1.1', '10.0.0.1', '8.8.8.8').locate('a')
    expect(addresses.map(({ address }) => address)).toEqual(['10.0.0.1', '8.8.8.8'])
    expect(reach).toBe('public')
  })
})

describe('an address that is asked', () => {
  const seen: { readonly path: string; readonly headers: Record<string, unknown> }[] = []
  let elsewhere = ''
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    seen.push({ path, headers: request.headers })
    if (path === '/values.yaml') response.end('color: far\n')
    else if (path === '/elsewhere')
      response.writeHead(302, { location: `${elsewhere}/values.yaml` }).end()
    else if (path === '/metadata')
      response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    else if (path === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end()
    else if (path === '/round') response.writeHead(302, { location: '/round' }).end()
    else if (path === '/large') response.end('a'.repeat(6 * 1024 * 1024))
    else response.writeHead(500).end()
  })
  let port = 0
  beforeAll(async () => {
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    port = (server.address() as AddressInfo).port
    elsewhere = `http://localhost:${port}`
  })
  afterAll(() => void server.close())
  const local = createOutbound({ allowLoopback: true })
  const at = (path: string) => `http://127.0.0.1:${port}${path}`

  it('H3: is connected to where it was checked, whatever its name means a moment later (DNS rebinding)', async () => {
    const rebound = createOutbound({
      allowLoopback: true,
      lookUp: named(['127.0.0.1'], ['169.254.169.254']),
    })
    const answer = await ask(
      rebound,
      `http://rebound.example:${port}/values.yaml`,
      { maxBytes: 100 },
      {},
    )
    expect(answer.body.toString()).toBe('color: far\n')
    await expect(
      ask(rebound, `http://rebound.example:${port}/values.yaml`, { maxBytes: 100 }, {}),
    ).rejects.toThrow('may not be asked')
  })

  it('H3: takes its credentials to no other server, and leads to none that may not be asked (redirect)', async () => {
    const how = { maxBytes: 100, redirects: 3, headers: { authorization: 'Basic canary' } }
    seen.length = 0
    expect((await ask(local, at('/elsewhere'), how, {})).body.toString()).toBe('color: far\n')
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Basic canary', undefined])
    await expect(ask(local, at('/metadata'), how, {})).rejects.toThrow(
      '169.254.169.254 leads to an address that may not be asked',
    )
    await expect(ask(local, at('/file'), how, {})).rejects.toThrow('no scheme that is asked')
    expect((await ask(local, at('/round'), how, {})).status).toBe(302)
  })

  it('HELM-01, H3: as a value file is read where it may be asked for, and nowhere else', async () => {
    const open = createRemoteFiles(local)
    expect((await open.values(at('/values.yaml'))).toString()).toBe('color: far\n')
    const before = seen.length
    const closed = createRemoteFiles(createOutbound({ allowLoopback: false }))
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254', '2130706433']) {
      await expect(closed.values(`http://${host}:${port}/values.yaml`)).rejects.toThrow(
        'leads to an address that may not be asked',
      )
    }
    expect(seen).toHaveLength(before)
  })

  it('KUST-13, H3: as a resource is read behind redirects, but not where only an Application may lead', async () => {
    const { resource } = createRemoteFiles(local)
    expect((await resource(at('/elsewhere'))).toString()).toBe('color: far\n')
    await expect(resource(at('/metadata'))).rejects.toThrow('may not be asked')
    const inner = createOutbound({
      allowLoopback: false,
      lookUp: async () => [{ address: '10.0.0.1', family: 4 }],
    })
    await expect(createRemoteFiles(inner).resource('http://git.corp/a.yaml')).rejects.toThrow(
      'only an Application or a Secret may name one of an inner network',
    )
  })

  it('as a value file is refused behind a redirect and beyond its limit, and tried again when its server fails', async () => {
    const { values: read } = createRemoteFiles(local)
    await expect(read(at('/elsewhere'))).rejects.toThrow(/answers 302/)
    await expect(read(at('/large'))).rejects.toThrow(RenderError)
    await expect(read(at('/broken'))).rejects.toThrow(NetworkError)
  })
})
