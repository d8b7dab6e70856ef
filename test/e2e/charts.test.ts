import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  configMap,
  failureOf,
  isDeployed,
  isSynced,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { type ChartServer, startChartRepository, startRegistry } from '../harness/chart-server.ts'
import { eventually } from '../harness/eventually.ts'
import { packChart, packFiles } from '../harness/packed-chart.ts'
import { chart, openRenderScene, type RenderScene } from './render-scene.ts'

const namespace = 'e2e-charts'
const plainHttp = { insecureOCIForceHttp: 'true' }
const secrets = '/api/v1/namespaces/argocd/secrets'
let scene: RenderScene
let repository: ChartServer
let registry: ChartServer

/** The chart of the scene with another colour. */
async function publish(server: ChartServer, name: string, version: string, color: string) {
  const files = {
    'values.yaml': `color: ${color}\nsize: small\nshape: round\n`,
    'values-large.yaml': 'size: large\n',
    'templates/config.yaml': chart['chart/templates/config.yaml'],
  }
  server.publish(name, version, await packChart('web', version, files))
}

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), namespace)
  repository = await startChartRepository()
  registry = await startRegistry({
    authorization: `Basic ${Buffer.from('kim:hunter').toString('base64')}`,
  })
  await publish(repository, 'web', '1.2.3', 'blue')
  await publish(registry, 'team/web', '0.1.0', 'grey')
})
afterAll(async () => {
  for (const name of ['registry', 'artifacts']) await scene.kube.try('DELETE', `${secrets}/${name}`)
  await repository.close()
  await registry.close()
  await scene.close()
})

describe('a chart of a chart repository', () => {
  it('is deployed with value files of its own and of a repository (SRC-07, SRC-08)', async () => {
    const head = await scene.repository.push({ 'web/values.yaml': 'shape: flat\n' })
    const sources = [
      {
        ...{ repoURL: `http://${repository.host}`, chart: 'web', targetRevision: '1.2.3' },
        helm: { valueFiles: ['values-large.yaml', '$values/web/values.yaml'] },
      },
      { repoURL: scene.repository.url, ref: 'values' },
    ]
    await scene.create('packed', { spec: { source: undefined, sources } })
    const { status } = await whenApplication(scene.kube, 'packed', isDeployed('1.2.3'))
    expect(await scene.data('packed-chart')).toMatchObject({
      ...{ color: 'blue', size: 'large', shape: 'flat' },
    })
    expect(status?.sync?.revisions).toEqual(['1.2.3', head])
    expect(status?.conditions ?? []).toEqual([])
    const next = await scene.push({ 'web/values.yaml': 'shape: square\n' })
    await whenApplication(scene.kube, 'packed', ({ sync }) => sync?.revisions?.[1] === next)
    expect(await scene.data('packed-chart')).toMatchObject({ shape: 'square' })
  })

  it('goes up with the constraint when a newer version is seen (SRC-05)', async () => {
    const source = { repoURL: `http://${repository.host}`, chart: 'web', targetRevision: '1.x' }
    await scene.create('newest', { spec: { source } })
    await whenApplication(scene.kube, 'newest', isDeployed('1.2.3'))
    await publish(repository, 'web', '1.10.0', 'green')
    await publish(repository, 'web', '2.0.0', 'red')
    await scene.kube.patch(`${applicationsPath}/newest`, {
      metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
    })
    await whenApplication(scene.kube, 'newest', isDeployed('1.10.0'))
    expect(await scene.data('newest-chart')).toMatchObject({ color: 'green' })
  })

  it('reads no file outside of the chart', async () => {
    const source = {
      ...{ repoURL: `http://${repository.host}`, chart: 'web', targetRevision: '1.2.3' },
      helm: { valueFiles: ['../../../../etc/hostname'] },
    }
    await scene.create('chart-out', { spec: { source } })
    expect(await failureOf(scene.kube, 'chart-out')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('leaves the repository'),
    })
  })

  it('says which version it does not find', async () => {
    const source = { repoURL: `http://${repository.host}`, chart: 'web', targetRevision: '9.9.9' }
    await scene.create('chart-missing', { spec: { source } })
    expect(await failureOf(scene.kube, 'chart-missing')).toMatchObject({
      cause: 'git-access',
      evidence: expect.stringContaining('9.9.9'),
    })
  })
})

describe('a chart of a registry', () => {
  it('is deployed with the Secret of the registry (SRC-20, HELM-23)', async () => {
    await scene.kube.request('POST', secrets, {
      metadata: { name: 'registry', labels: { 'argocd.argoproj.io/secret-type': 'repository' } },
      stringData: {
        ...{ type: 'helm', enableOCI: 'true', ...plainHttp },
        ...{ url: `${registry.host}/team`, username: 'kim', password: 'hunter' },
      },
    })
    const source = { repoURL: `${registry.host}/team`, chart: 'web', targetRevision: '~0.1.0' }
    await scene.create('registered', { spec: { source } })
    await whenApplication(scene.kube, 'registered', isDeployed('0.1.0'))
    expect(await scene.data('registered-chart')).toMatchObject({ color: 'grey' })
  })
})

describe('an artifact of a registry that is no chart', () => {
  it('is deployed from a folder of it, and again when its tag is moved (SRC-20)', async () => {
    const url = `oci://${registry.host}/team/app`
    const publishApp = async (value: string) => {
      const files = {
        'deploy/kustomization.yaml': 'resources: [config.yaml]\n',
        'deploy/config.yaml': configMap('artifact', value),
      }
      const type = 'application/vnd.oci.image.layer.v1.tar+gzip'
      registry.publish('team/app', 'stable', await packFiles(files), { type })
    }
    await publishApp('one')
    await scene.kube.request('POST', secrets, {
      metadata: { name: 'artifacts', labels: { 'argocd.argoproj.io/secret-type': 'repository' } },
      stringData: { type: 'oci', url, username: 'kim', password: 'hunter', ...plainHttp },
    })
    const kustomize = { namePrefix: 'of-' }
    const source = { repoURL: url, path: 'deploy', targetRevision: 'stable', kustomize }
    await scene.create('artifact', { spec: { source } })
    const { status } = await whenApplication(scene.kube, 'artifact', isSynced)
    expect(await scene.data('of-artifact')).toEqual({ value: 'one' })
    expect(status?.sourceType).toBe('Kustomize')
    expect(status?.sync?.revision).toMatch(/^sha256:[0-9a-f]{64}$/)
    await publishApp('two')
    await refreshed(scene.kube, 'artifact')
    await eventually(
      () => scene.data('of-artifact'),
      (data) => JSON.stringify(data).includes('two'),
    )
  })
})

describe('a chart in Git whose dependencies are not vendored (HELM-22)', () => {
  const named = (text: string) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-{{ .Chart.Name }}"}\ndata: {text: ${text}, version: "{{ .Chart.Version }}"}\n`
  const chartFile = (name: string, dependencies: readonly object[] = []) =>
    JSON.stringify({ apiVersion: 'v2', name, version: '1.0.0', dependencies })

  it('gets them from their repositories as its lock says, and from its own', async () => {
    const http = `http://${repository.host}`
    for (const version of ['1.0.0', '1.1.0'])
      repository.publish(
        'db',
        version,
        await packChart('db', version, { 'templates/a.yaml': named('packed') }),
      )
    const db = { name: 'db', repository: http, version: '^1.0.0' }
    await scene.push({
      'whole/Chart.yaml': chartFile('whole', [
        db,
        { name: 'web', repository: `oci://${registry.host}/team`, version: '0.1.0' },
        { name: 'shared', repository: 'file://../shared', version: '1.0.0' },
      ]),
      'whole/Chart.lock': JSON.stringify({
        dependencies: [
          { ...db, version: '1.0.0' },
          { name: 'web', version: '0.1.0' },
        ],
      }),
      'shared/Chart.yaml': chartFile('shared', [db]),
      'shared/templates/a.yaml': named('beside'),
    })
    await scene.deploy('whole', { path: 'whole' })
    await whenApplication(scene.kube, 'whole', ({ sync }) => sync?.status === 'Synced')
    expect(await scene.data('whole-shared')).toEqual({ text: 'beside', version: '1.0.0' })
    // the lock holds for the chart itself, what its neighbour needs has none
    expect(await scene.data('whole-db')).toMatchObject({ text: 'packed' })
    expect(await scene.data('whole-chart')).toMatchObject({ color: 'grey' })
    const changed = await scene.push({ 'shared/templates/a.yaml': named('changed') })
    await whenApplication(scene.kube, 'whole', isDeployed(changed))
    expect(await scene.data('whole-shared')).toMatchObject({ text: 'changed' })
  })

  it('says which file names what it does not get', async () => {
    const outside = { name: 'out', repository: 'file://../../../etc', version: '1.0.0' }
    const missing = { name: 'none', repository: '@internal', version: '1.0.0' }
    await scene.push({
      'outside/Chart.yaml': chartFile('outside', [outside]),
      'missing/Chart.yaml': chartFile('missing', [missing]),
    })
    await scene.deploy('whole-outside', { path: 'outside' })
    await scene.deploy('whole-missing', { path: 'missing' })
    expect(await failureOf(scene.kube, 'whole-outside')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('leaves the repository'),
    })
    expect(await failureOf(scene.kube, 'whole-missing')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/missing\/Chart\.yaml.*@internal/),
    })
  })
})
