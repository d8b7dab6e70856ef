import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createCharts } from '../../clients/charts.ts'
import { createGit, type Git, type GitOptions } from '../../clients/git.ts'
import { createOutbound } from '../../clients/outbound.ts'
import type { RepositoryAccess, RepositoryCredentials } from '../../core/repository/credentials.ts'
import { startChartRepository } from '../harness/chart-server.ts'
import { type Lure, startLure, startTokenRegistry } from '../harness/lure.ts'
import { packChart } from '../harness/packed-chart.ts'
import { makeSshKey, startSshServer } from '../harness/ssh-server.ts'
import { startGitServer } from './git-server.ts'

const metadata = '169.254.169.254'
let dir = ''
let answers: string[] = []
const open: { close(): Promise<void> | void }[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-outbound-'))
  answers = []
})
afterEach(async () => {
  for (const { close } of open.splice(0)) await close()
  rmSync(dir, { recursive: true, force: true })
})

/** Names mean what `answers` says next; as soon as that is used up, the metadata of a cloud. */
const rebinding = createOutbound({
  allowLoopback: true,
  lookUp: async () => [{ address: answers.shift() ?? metadata, family: 4 }],
})

function accessOf(fields: Partial<RepositoryCredentials>, more: RepositoryAccess = {}) {
  const known = { secret: 'shop', url: '', isTemplate: false, type: 'git', unbuilt: [] }
  const access = { credentials: { ...known, ...fields }, ...more }
  return { synced: Promise.resolve(), of: () => access }
}

function gitWith(access: GitOptions['access'] = accessOf({}), outbound = rebinding): Git {
  const mirrors = join(dir, 'mirrors')
  const git = createGit({ dir: mirrors, allowFile: false, submodules: true, outbound, access })
  open.push(git)
  return git
}

function chartsWith(access = accessOf({}), outbound = rebinding) {
  const how = { outbound, access, setting: () => undefined, now: () => 1 }
  return createCharts({ dir: join(dir, 'charts'), ...how })
}

async function lure(answer: RequestListener): Promise<Lure> {
  const server = await startLure(answer)
  open.push(server)
  return server
}

const refused = `leads to an address that may not be asked`

describe('H3: the address of a repository (SSRF, DNS rebinding)', () => {
  it.each([
    `http://${metadata}/latest`,
    'https://[fe80::1]/a.git',
    'http://[::ffff:a9fe:a9fe]/a.git',
    `ssh://git@${metadata}/a.git`,
    `git@${metadata}:a.git`,
    'https://rebound.example/a.git',
    'git@rebound.example:a.git',
  ])('%s is not asked', async (url) => {
    await expect(gitWith().fetch({ url })).rejects.toThrow(refused)
  })

  it.each(['http://127.0.0.1:1/a.git', 'ssh://git@localhost:1/a.git', 'http://2130706433/a.git'])(
    '%s is not asked outside of a local stack',
    async (url) => {
      const git = gitWith(accessOf({}), createOutbound({ allowLoopback: false }))
      await expect(git.fetch({ url })).rejects.toThrow(refused)
    },
  )

  it('is connected to where it was looked up, over http', async () => {
    const server = await startGitServer({ dir })
    open.push(server)
    const commit = server.push({ 'a.yaml': 'a' })
    const url = server.url.replace('127.0.0.1', 'rebound.example')
    const git = gitWith()
    answers = ['127.0.0.1']
    expect((await git.fetch({ url })).head).toBe(commit)
    const before = server.listings()
    await expect(git.fetch({ url })).rejects.toThrow(refused)
    expect(server.listings()).toBe(before)
  })

  it('is connected to where it was looked up, over ssh, and still has to have the key of its name', async () => {
    const server = await startGitServer({ dir })
    const key = makeSshKey()
    const ssh = await startSshServer(join(dir, 'srv'), key)
    open.push(server, ssh)
    const commit = server.push({ 'a.yaml': 'a' })
    const url = ssh.url('repo.git').replace('127.0.0.1', 'rebound.example')
    const knownHosts = ssh.knownHosts.replace('127.0.0.1', 'rebound.example')
    const git = gitWith(accessOf({ sshPrivateKey: key.private }, { knownHosts }))
    answers = ['127.0.0.1']
    expect((await git.fetch({ url })).head).toBe(commit)
    const another = url.replace('rebound', 'another')
    answers = ['127.0.0.1']
    await expect(git.fetch({ url: another })).rejects.toThrow('not known')
  })

  it('that is answered by a redirect is not followed, and the password stays', async () => {
    const target = await lure((_, response) => response.end())
    const server = await lure(({ url }, response) =>
      response.writeHead(302, { location: `http://127.0.0.1:${target.port}${url}` }).end(),
    )
    const git = gitWith(accessOf({ username: 'kim', password: 'canary-hunter2' }))
    const url = `http://127.0.0.1:${server.port}/a.git`
    await expect(git.fetch({ url })).rejects.toThrow()
    expect(server.seen.length).toBeGreaterThan(0)
    expect(target.seen).toEqual([])
  })

  it.each(['gopher://a/b', 'ext::sh -c x', 'file:///etc', '-oProxyCommand=x', 'ssh://-oX=y/a'])(
    '%s is refused before a process is started (H13)',
    async (url) => {
      await expect(gitWith().fetch({ url })).rejects.toThrow(
        /not the address of a repository|cannot be read/,
      )
    },
  )

  it('in .gitmodules leads to no inner network, unless a Secret names it too', async () => {
    const server = await startGitServer({ dir })
    open.push(server)
    server.push({ '.gitmodules': '[submodule "m"]\n\tpath = m\n\turl = https://inner.example/m\n' })
    server.git('update-index', '--add', '--cacheinfo', `160000,${'a'.repeat(40)},m`)
    server.git('commit', '-qm', 'module')
    server.git('push', '-q', '-f', 'origin', 'HEAD')
    const commit = server.git('rev-parse', 'HEAD')
    const git = gitWith({ synced: Promise.resolve(), of: () => ({}) })
    await git.fetch({ url: server.url })
    answers = ['10.1.2.3']
    await expect(git.readFiles(server.url, commit, 'm')).rejects.toThrow(
      'only an Application or a Secret may name one of an inner network',
    )
  })
})

describe('H3: the address of a chart (SSRF, credentials to another host)', () => {
  it.each([
    `http://${metadata}/charts`,
    `oci://${metadata}/charts`,
    'https://rebound.example/charts',
  ])('%s is not asked', async (url) => {
    const found = chartsWith().find({ url, chart: 'web', version: '1.0.0' }, 'default')
    await expect(found).rejects.toThrow(refused)
  })

  it.each(['file:///etc', 'gopher://a/b', '--post-renderer=x', '../../etc'])(
    '%s is no repository of charts (H13)',
    async (url) => {
      const found = chartsWith().find({ url, chart: 'web', version: '1.0.0' }, 'default')
      await expect(found).rejects.toThrow(/not the address of a registry/)
    },
  )

  it('that an index names elsewhere gets no password, and none that may not be asked is asked', async () => {
    const far = await startChartRepository()
    open.push(far)
    far.publish('web', '1.0.0', await packChart('web', '1.0.0', {}))
    const entry = (version: string, url: string) => ({ version, urls: [url] })
    const index = await lure(({ url }, response) => {
      const there = url?.startsWith('/there') === true
      if (there) response.writeHead(302, { location: `http://${far.host}/web-1.0.0.tgz` }).end()
      else {
        const { port } = index
        const web = [
          entry('1.0.0', `http://localhost:${port}/there.tgz`),
          entry('2.0.0', `http://${metadata}/latest`),
          entry('3.0.0', 'file:///etc/passwd'),
        ]
        response.end(JSON.stringify({ entries: { web } }))
      }
    })
    answers = ['127.0.0.1']
    const charts = chartsWith(accessOf({ username: 'kim', password: 'canary-hunter2' }))
    const find = (version: string) =>
      charts.find({ url: `http://127.0.0.1:${index.port}`, chart: 'web', version }, 'default')
    expect((await find('1.0.0')).version).toBe('1.0.0')
    expect(index.seen).toEqual([
      { path: '/index.yaml', authorization: expect.stringContaining('Basic') },
      { path: '/there.tgz', authorization: undefined },
    ])
    await expect(find('2.0.0')).rejects.toThrow(refused)
    await expect(find('3.0.0')).rejects.toThrow('no scheme that is asked')
  })

  it('that a registry sends for a token is asked only over TLS', async () => {
    const registry = await lure((_, response) =>
      response
        .writeHead(401, { 'www-authenticate': 'Bearer realm="ftp://a/token",service="a"' })
        .end(),
    )
    const url = `oci://127.0.0.1:${registry.port}/team`
    const charts = chartsWith(accessOf({ plainHttp: true, password: 'canary-hunter2' }))
    await expect(charts.find({ url, chart: 'web', version: '1.0.0' }, 'd')).rejects.toThrow(
      'without TLS',
    )
  })

  it('is fetched with the token that the registry wants', async () => {
    const packed = await startTokenRegistry(lure)
    const charts = chartsWith(accessOf({ plainHttp: true, username: 'kim', password: 'pw' }))
    const ask = { url: `oci://127.0.0.1:${packed.port}/team`, chart: 'web', version: '^1.0.0' }
    expect((await charts.find(ask, 'default')).version).toBe('1.0.0+b')
    expect(packed.seen.filter(({ path }) => path.startsWith('/token'))).toEqual([
      {
        path: '/token?service=charts&scope=repository%3Ateam%2Fweb%3Apull',
        authorization: `Basic ${btoa('kim:pw')}`,
      },
    ])
  })
})
