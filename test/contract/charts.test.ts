import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Charts, createCharts } from '../../clients/charts.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import type { RepositoryAccess, RepositoryCredentials } from '../../core/repository/credentials.ts'
import { makeCertificate } from '../harness/certificate.ts'
import {
  type ChartServer,
  type ChartServerOptions,
  startChartRepository,
  startRegistry,
} from '../harness/chart-server.ts'
import { packChart } from '../harness/packed-chart.ts'

const password = 'hunter/2@secret'
const basic = `Basic ${Buffer.from(`kim:${password}`).toString('base64')}`
let dir = ''
let clock = 1
const open: ChartServer[] = []

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-charts-'))
})
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
  rmSync(dir, { recursive: true, force: true })
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('driftless-chart-'))).toEqual([])
})

/** A client that knows this of every repository. */
function chartsWith(
  fields?: Partial<RepositoryCredentials>,
  more: RepositoryAccess = {},
  settings: Readonly<Record<string, string>> = {},
): Charts {
  const some = { secret: 'charts', url: '', isTemplate: false, type: 'helm', unbuilt: [] }
  const access = { ...more, ...(fields !== undefined && { credentials: { ...some, ...fields } }) }
  return createCharts({
    ...{ dir, outbound: createOutbound({ allowLoopback: true }), now: () => clock++ },
    setting: (key) => settings[key],
    access: {
      synced: Promise.resolve(),
      of: (_, project) =>
        fields?.project === undefined || fields.project === project ? access : more,
    },
  })
}

async function repository(options?: ChartServerOptions): Promise<ChartServer> {
  const server = await startChartRepository(options)
  open.push(server)
  await publish(server, 'web', '1.2.3')
  await publish(server, 'web', '1.3.0')
  await publish(server, 'web', '2.0.0-rc.1')
  return server
}

async function registry(options?: ChartServerOptions): Promise<ChartServer> {
  const server = await startRegistry(options)
  open.push(server)
  await publish(server, 'team/web', '1.2.3')
  await publish(server, 'team/web', '1.3.0')
  return server
}

async function publish(server: ChartServer, name: string, version: string, text = 'one') {
  const files = { 'values.yaml': `text: ${text}\n`, 'templates/a.yaml': 'kind: ConfigMap\n' }
  server.publish(name, version, await packChart('web', version, files))
}

async function refusalOf(asked: Promise<unknown>): Promise<Error> {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Error)
  expect(String((error as Error).stack)).not.toMatch(/hunter|aHVudGVy/)
  return error as Error
}

describe('a chart of a chart repository (SRC-07)', () => {
  it('is found by its version and by a constraint, which means the highest (SRC-05)', async () => {
    const url = `http://${(await repository()).host}`
    const charts = chartsWith()
    const find = (version: string) => charts.find({ url, chart: 'web', version }, 'default')
    expect((await find('1.2.3')).version).toBe('1.2.3')
    expect((await find('^1.0.0')).version).toBe('1.3.0')
    expect((await find('*')).version).toBe('1.3.0')
    const { tree } = await find('1.2.3')
    const [file] = await tree.readFiles(url, '', 'values.yaml')
    expect(file?.body.toString()).toBe('text: one\n')
    expect(await tree.readTree(url, '', '.', { recurse: false })).toMatchObject([
      { path: 'Chart.yaml' },
      { path: 'values.yaml' },
    ])
    expect(await tree.objectAt(url, '', 'templates')).toMatchObject({ isFolder: true })
    expect(await tree.objectAt(url, '', 'nothing')).toBeUndefined()
  })

  it('is fetched once for a version, and again for a constraint that is looked at later', async () => {
    const server = await repository()
    const url = `http://${server.host}`
    const ask = { url, chart: 'web', version: '1.2.3' }
    await chartsWith().find(ask, 'default')
    // another process on the same disk
    await chartsWith().find(ask, 'default', clock)
    expect(server.downloads()).toBe(1)
    const charts = chartsWith()
    const newest = { ...ask, version: '>=1.0.0' }
    await charts.find(newest, 'default')
    await publish(server, 'web', '1.4.0')
    expect((await charts.find(newest, 'default')).version).toBe('1.3.0')
    expect((await charts.find(newest, 'default', clock)).version).toBe('1.4.0')
  })

  it('is fetched with the user and password of its Secret, from a server that signs itself (REPO-08)', async () => {
    const server = makeCertificate('charts')
    const url = `https://${(await repository({ tls: server, authorization: basic })).host}`
    const ask = { url, chart: 'web', version: '1.2.3' }
    const kim = { username: 'kim', password }
    expect((await chartsWith(kim, { ca: server.cert }).find(ask, 'default')).version).toBe('1.2.3')
    const later = { ...ask, version: '1.3.0' }
    const careless = chartsWith({ ...kim, insecure: true })
    expect((await careless.find(later, 'default')).version).toBe('1.3.0')
    const unknown = chartsWith(kim).find({ ...ask, version: '2.0.0-rc.1' }, 'default')
    expect(await refusalOf(unknown)).toBeInstanceOf(GitAccessError)
  })

  it('is refused with the name of the Secret, and the other reasons are told', async () => {
    const url = `http://${(await repository({ authorization: basic })).host}`
    const ask = { url, chart: 'web', version: '1.2.3' }
    const wrong = await refusalOf(
      chartsWith({ username: 'kim', password: 'hunter3' }).find(ask, 'd'),
    )
    expect(wrong).toBeInstanceOf(GitAuthError)
    expect(wrong.message).toContain('check the Secret charts')
    const nobody = await refusalOf(chartsWith().find(ask, 'd'))
    expect(nobody.message).toContain('create a Secret')
    const missing = chartsWith({ username: 'kim', password })
    const gone = await refusalOf(missing.find({ ...ask, version: '9.9.9' }, 'd'))
    expect(gone).toBeInstanceOf(GitAccessError)
    expect(gone.message).toContain('9.9.9')
  })

  it('lies on another server, which is told the credentials only where the source says so (HELM-10)', async () => {
    const files = await repository({ authorization: basic })
    const filesAt = `http://${files.host}/`
    const url = `http://${(await repository({ authorization: basic, filesAt })).host}`
    const ask = { url, chart: 'web', version: '1.2.3' }
    const charts = chartsWith({ username: 'kim', password })
    expect(await refusalOf(charts.find(ask, 'd'))).toBeInstanceOf(GitAuthError)
    expect((await charts.find({ ...ask, passCredentials: true }, 'd')).version).toBe('1.2.3')
    expect(files.downloads()).toBe(1)
  })

  it('of one project is no other project’s, though it is on the disk (REPO-14)', async () => {
    const url = `http://${(await repository({ authorization: basic })).host}`
    const ask = { url, chart: 'web', version: '1.2.3' }
    const charts = chartsWith({ username: 'kim', password, project: 'shop' })
    await charts.find(ask, 'shop')
    expect(await refusalOf(charts.find(ask, 'other'))).toBeInstanceOf(GitAuthError)
  })

  it('is refused when it swells or leads out of its folder (H1, H12)', async () => {
    const server = await repository()
    const ask = { url: `http://${server.host}`, chart: 'web', version: '3.0.0' }
    const swollen = { 'files/zeros': '0'.repeat(101 * 1024 * 1024) }
    server.publish('web', '3.0.0', await packChart('web', '3.0.0', swollen))
    expect((await refusalOf(chartsWith().find(ask, 'd'))).message).toContain('more than 100 MiB')
    server.publish('web', '3.0.1', await packChart('web', '3.0.1', { '../../x': 'x' }))
    const leading = chartsWith().find({ ...ask, version: '3.0.1' }, 'd')
    expect((await refusalOf(leading)).message).toContain('outside of the chart')
    server.publish('web', '3.0.2', gzipSync('no archive'))
    await refusalOf(chartsWith().find({ ...ask, version: '3.0.2' }, 'd'))
  })
})

describe('a chart of a registry (SRC-20, HELM-23)', () => {
  it('is found by its version and by a constraint, with and without oci://', async () => {
    const { host } = await registry()
    const charts = chartsWith({ plainHttp: true })
    const find = (url: string, chart: string, version: string) =>
      charts.find({ url, chart, version }, 'default')
    expect((await find(`oci://${host}/team`, 'web', '1.2.3')).version).toBe('1.2.3')
    expect((await find(`${host}/team`, 'web', '^1.0.0')).version).toBe('1.3.0')
  })

  it('is fetched with the user and password of its Secret', async () => {
    const { host } = await registry({ authorization: basic })
    const ask = { url: `oci://${host}/team`, chart: 'web', version: '1.2.3' }
    const kim = chartsWith({ username: 'kim', password, plainHttp: true })
    expect((await kim.find(ask, 'shop')).version).toBe('1.2.3')
    const stranger = chartsWith({ username: 'kim', password: 'hunter3', plainHttp: true })
    const other = { ...ask, version: '1.3.0' }
    expect(await refusalOf(stranger.find(other, 'shop'))).toBeInstanceOf(GitAuthError)
  })
})
