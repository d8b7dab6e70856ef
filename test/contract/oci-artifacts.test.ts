import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Charts, createCharts } from '../../clients/charts.ts'
import { createOutbound } from '../../clients/outbound.ts'
import { GitAccessError } from '../../core/errors.ts'
import { type ChartServer, startRegistry } from '../harness/chart-server.ts'
import { packChart, packFiles } from '../harness/packed-chart.ts'

const layer = 'application/vnd.oci.image.layer.v1.tar+gzip'
const files = { 'manifests/a.yaml': 'kind: A\n', 'manifests/deep/b.yaml': 'kind: B\n' }
const digestForm = /^sha256:[0-9a-f]{64}$/
let dir = ''
let clock = 1
let server: ChartServer

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'driftless-artifacts-'))
  server = await startRegistry()
})
afterEach(async () => {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
})

function chartsWith(settings: Readonly<Record<string, string>> = {}): Charts {
  const credentials = { secret: 'a', url: '', isTemplate: false, type: 'oci', unbuilt: [] }
  return createCharts({
    ...{ dir, outbound: createOutbound({ allowLoopback: true }), now: () => clock++ },
    setting: (key) => settings[key],
    access: {
      synced: Promise.resolve(),
      of: () => ({ credentials: { ...credentials, plainHttp: true } }),
    },
  })
}
const askFor = (version: string) => ({ url: `oci://${server.host}/team/app`, chart: '', version })
const publish = async (version: string, some: Readonly<Record<string, string>> = files) =>
  server.publish('team/app', version, await packFiles(some), { type: layer })

async function refusalOf(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => undefined,
    (reason: Error) => reason,
  )
  expect(error).toBeInstanceOf(GitAccessError)
  return error?.message ?? ''
}

describe('an artifact of a registry that is no chart (SRC-20)', () => {
  it('is read by tag, by constraint and by digest; its revision is its digest (SRC-05)', async () => {
    await publish('1.2.0', { 'old.yaml': 'kind: Old\n' })
    await publish('1.3.0')
    await publish('latest', { 'new.yaml': 'kind: New\n' })
    const charts = chartsWith()
    const find = async (version: string) => {
      const { tree, version: revision } = await charts.find(askFor(version), 'default')
      const found = await tree.readTree('', '', '.', { recurse: true })
      return { revision, paths: found.map(({ path }) => path) }
    }
    const newest = await find('^1.0.0')
    expect(newest.paths).toEqual(Object.keys(files))
    expect(newest.revision).toMatch(digestForm)
    expect(await find('1.3.0')).toEqual(newest)
    expect(await find(newest.revision)).toEqual(newest)
    expect((await find('latest')).paths).toEqual(['new.yaml'])
  })

  it('may be packed without being compressed', async () => {
    const packed = await packFiles(files, { compressed: false })
    server.publish('team/app', 'plain', packed, { type: 'application/vnd.oci.image.layer.v1.tar' })
    const { tree } = await chartsWith().find(askFor('plain'), 'default')
    const [file] = await tree.readFiles('', '', 'manifests/a.yaml')
    expect(file?.body.toString()).toBe('kind: A\n')
  })

  it('is another one when its tag is moved and looked at again, and is downloaded once', async () => {
    await publish('1.0.0')
    const charts = chartsWith()
    const first = await charts.find(askFor('1.0.0'), 'default')
    await charts.find(askFor('1.0.0'), 'default', clock)
    // another process on the same disk, while the registry is away
    expect((await chartsWith().find(askFor(first.version), 'default')).digest).toBe(first.digest)
    expect(server.downloads()).toBe(1)
    await publish('1.0.0', { 'a.yaml': 'kind: Moved\n' })
    expect((await charts.find(askFor('1.0.0'), 'default')).version).toBe(first.version)
    const moved = await charts.find(askFor('1.0.0'), 'default', clock)
    expect(moved.version).not.toBe(first.version)
    expect((await charts.find(askFor(first.version), 'default')).digest).toBe(first.digest)
  })

  it('may be a chart, also a signed one, which lies at its root', async () => {
    const chart = await packChart('app', '1.0.0', { 'values.yaml': 'a: b\n' })
    const more = ['application/vnd.cncf.helm.chart.provenance.v1.prov']
    server.publish('team/app', '1.0.0', chart, { more })
    for (const charts of [chartsWith(), chartsWith()]) {
      const { tree, version } = await charts.find(askFor('1.0.0'), 'default')
      expect(version).toMatch(digestForm)
      expect(await tree.objectAt('', '', 'Chart.yaml')).toBeDefined()
    }
  })

  it('has one layer, of a type that the operator lets through', async () => {
    const packed = await packFiles(files)
    const type = 'application/vnd.example.layer'
    server.publish('team/app', '1.0.0', packed, { type })
    server.publish('team/app', '2.0.0', packed, { type: layer, more: [layer] })
    expect(await refusalOf(chartsWith().find(askFor('1.0.0'), 'd'))).toContain(
      `its layer is of the type ${type}, which reposerver.oci.layer.media.types does not name`,
    )
    expect(await refusalOf(chartsWith().find(askFor('2.0.0'), 'd'))).toContain('has 2 layers')
    const open = chartsWith({ 'reposerver.oci.layer.media.types': `${layer}, ${type}` })
    expect((await open.find(askFor('1.0.0'), 'd')).version).toMatch(digestForm)
  })

  it('is refused when it leads out of its folder or is none (H1)', async () => {
    await publish('1.0.0', { '../x.yaml': 'kind: X\n' })
    server.publish('team/app', '2.0.0', Buffer.from('no archive'), { type: layer })
    const charts = chartsWith()
    expect(await refusalOf(charts.find(askFor('1.0.0'), 'd'))).toContain('outside of the artifact')
    await refusalOf(charts.find(askFor('2.0.0'), 'd'))
    expect(await refusalOf(charts.find(askFor('3.0.0'), 'd'))).toMatch(/^the artifact 3\.0\.0 /)
  })
})
