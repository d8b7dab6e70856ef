import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, failureOf, isSynced, whenApplication } from '../harness/application.ts'
import { startChartRepository } from '../harness/chart-server.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { packChart } from '../harness/packed-chart.ts'
import { openRenderScene, type RenderScene } from './render-scene.ts'

const settings = '/api/v1/namespaces/argocd/configmaps'
const base = {
  'web/kustomization.yaml': 'resources: [../common]\n',
  'common/kustomization.yaml': 'resources: [config.yaml]\n',
  'common/config.yaml': configMap('far', 'one'),
}
let scene: RenderScene
let other: ScratchRepository

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), 'e2e-remote-bases')
  await scene.kube.request('POST', settings, {
    metadata: { name: 'argocd-cm', labels: { 'app.kubernetes.io/part-of': 'argocd' } },
    data: {
      'driftless.kustomize.remoteBases': 'true',
      'kustomize.buildOptions': '--enable-helm',
    },
  })
  other = await createScratchRepository('e2e-base')
  await other.push(base)
})
afterAll(async () => {
  await scene.kube.request('DELETE', `${settings}/argocd-cm`)
  await other.close()
  await scene.close()
})

describe('a chart of a kustomization, where the settings permit it', () => {
  it('is fetched from its repository, and rendered for the cluster (KUST-11)', async () => {
    const repository = await startChartRepository()
    const kind = '{{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}'
    const text = `${configMap('{{ .Release.Name }}-chart', 'one')}  apps: ${kind}\n`
    const files = { 'values.yaml': '', 'templates/a.yaml': text }
    repository.publish('web', '1.2.3', await packChart('web', '1.2.3', files))
    const named = { name: 'web', version: '1.2.3', repo: `http://${repository.host}` }
    const helmCharts = [{ ...named, releaseName: 'inflated' }]
    await scene.push({ 'inflated/kustomization.yaml': JSON.stringify({ helmCharts }) })
    await scene.deploy('inflated', { path: 'inflated' })
    await whenApplication(scene.kube, 'inflated', isSynced)
    expect(await scene.data('inflated-chart')).toEqual({ value: 'one', apps: 'true' })
    await repository.close()
  })
})

describe('a base of another repository, where the settings permit it (KUST-13)', () => {
  it('is built, and again when it has moved', async () => {
    await scene.push({
      'far/kustomization.yaml': `namePrefix: x-\nresources:\n  - ${other.url}//web\n`,
    })
    await scene.deploy('far', { path: 'far', kustomize: { nameSuffix: '-y' } })
    await whenApplication(scene.kube, 'far', isSynced)
    expect(await scene.data('x-far-y')).toEqual({ value: 'one' })
    await other.push({ ...base, 'common/config.yaml': configMap('far', 'two') })
    // nobody tells of the other repository: it is looked at with the one that names it
    await scene.push({ 'elsewhere.txt': 'nothing of ours' })
    await eventually(
      () => scene.data('x-far-y'),
      (data) => JSON.stringify(data).includes('two'),
    )
  })

  it('may be a single file at an address, also in a base', async () => {
    const server = createServer((_, response) => response.end(configMap('single', 'file')))
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/all.yaml`
    await other.push({ ...base, 'far/kustomization.yaml': `resources: ["${address}"]\n` })
    await scene.push({
      'single/kustomization.yaml': `namePrefix: a-\nresources:\n  - ${other.url}//far\n`,
    })
    await scene.deploy('single', { path: 'single' })
    await whenApplication(scene.kube, 'single', isSynced)
    expect(await scene.data('a-single')).toEqual({ value: 'file' })
    server.close()
  })

  it('is told with file and line when it is none', async () => {
    await scene.push({
      'gone/kustomization.yaml': `resources:\n  - ${other.url}//gone?ref=main\n`,
      'file/kustomization.yaml': `resources:\n  - ${scene.repository.url}/gone.yaml\n`,
    })
    await scene.deploy('far-gone', { path: 'gone' })
    await scene.deploy('far-file', { path: 'file' })
    expect(await failureOf(scene.kube, 'far-gone')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/^gone\/kustomization\.yaml:2: .* has no folder gone at/),
    })
    expect(await failureOf(scene.kube, 'far-file')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(
        /^file\/kustomization\.yaml:2: the resource .*gone\.yaml cannot be read: its server answers 404/,
      ),
    })
  })
})
