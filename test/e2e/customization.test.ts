import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  configMap,
  isDeployed,
  isOutOfSync,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace } from '../harness/kube.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'customization'
const settings = '/api/v1/namespaces/argocd/configmaps'
const projects = '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects'
const script = `
if obj.metadata.name ~= 'scripted' then return {} end
if obj.data.value == 'bad' then return { status = 'Degraded', message = 'told by Lua' } end
return { status = 'Healthy' }
`
let scene: Scene

type ConfigMap = { readonly data: { readonly value: string } }
const path = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
const liveValue = async (name: string) =>
  (await scene.kube.request<ConfigMap>('GET', path(name))).data.value

const project = (name: string, spec: object, labels = {}) => ({
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name, labels } },
  spec: { sourceRepos: ['*'], destinations: [{ server: '*', namespace: '*' }], ...spec },
})

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
  await scene.kube.request('POST', settings, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'argocd-cm', labels: { 'app.kubernetes.io/part-of': 'argocd' } },
    data: {
      'resource.customizations.health.ConfigMap': script,
      'resource.customizations.ignoreDifferences.all': 'jqPathExpressions: [.data.counted]',
      'resource.customizations.knownTypeFields.ConfigMap':
        '- {field: data.size, type: core/Quantity}',
      globalProjects: '- {projectName: closing, labelSelector: {matchLabels: {stage: prod}}}',
      'resource.exclusions': '- {apiGroups: [""], kinds: [LimitRange]}',
    },
  })
})

afterAll(async () => {
  await scene.kube.request('DELETE', `${settings}/argocd-cm`)
  await scene.close()
})

describe('what the settings and the Application say of kinds', () => {
  it('HEALTH-21: the health of an object is what its script says', async () => {
    await scene.repository.push({ 'scripted/map.yaml': configMap('scripted', 'bad') })
    await scene.create('scripted', { path: 'scripted' })
    const { status } = await whenApplication(
      scene.kube,
      'scripted',
      ({ operationState }) => operationState?.phase === 'Failed',
    )
    expect(status?.operationState?.message).toContain('told by Lua')
    expect(status?.health).toMatchObject({ status: 'Degraded' })
    const head = await scene.push({ 'scripted/map.yaml': configMap('scripted', 'good') })
    const { status: after } = await whenApplication(scene.kube, 'scripted', isDeployed(head))
    expect(after?.resources?.[0]?.health).toEqual({ status: 'Healthy' })
    await scene.kube.patch(path('scripted'), { data: { counted: '1' } })
  })

  it('DIFF-16: a kind that is excluded is not deployed, and named', async () => {
    const limits = JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'limits' } },
      spec: { limits: [] },
    })
    const head = await scene.push({
      'excluding/map.yaml': configMap('included', 'yes'),
      'excluding/limits.yaml': limits,
    })
    await scene.create('excluding', { path: 'excluding' })
    const { status } = await whenApplication(scene.kube, 'excluding', isDeployed(head))
    expect(status?.resources?.map(({ kind }) => kind)).toEqual(['ConfigMap'])
    expect(status?.conditions).toEqual([
      expect.objectContaining({
        type: 'ExcludedResourceWarning',
        message: expect.stringContaining('limits.yaml:1'),
      }),
    ])
  })

  it('DIFF-04, DIFF-08: what is ignored is no drift, and is not healed', async () => {
    const head = await scene.push({
      'ignoring/ours.yaml': configMap('ours', 'declared'),
      'ignoring/theirs.yaml': configMap('theirs', 'declared'),
    })
    const ignoreDifferences = [{ kind: 'ConfigMap', name: 'theirs', jsonPointers: ['/data/value'] }]
    const source = { repoURL: scene.repository.url, path: 'ignoring', targetRevision: 'HEAD' }
    await scene.create('ignoring', { spec: { source, ignoreDifferences } })
    await whenApplication(scene.kube, 'ignoring', isDeployed(head))
    await scene.kube.patch(path('theirs'), { data: { value: 'kept' } })
    await scene.kube.patch(path('ours'), { data: { value: 'mended' } })
    await eventually(
      () => liveValue('ours'),
      (value) => value === 'declared',
    )
    const { status } = await whenApplication(scene.kube, 'ignoring', isDeployed(head))
    expect(await liveValue('theirs')).toBe('kept')
    expect(status?.conditions ?? []).toEqual([])
  })

  it('OPT-15: with RespectIgnoreDifferences a sync of another field keeps what is ignored', async () => {
    const map = (value: string, other: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'respected' },
        data: { value, other, size: '1Gi' },
      })
    const first = await scene.push({ 'respected/map.yaml': map('declared', 'one') })
    const source = { repoURL: scene.repository.url, path: 'respected', targetRevision: 'HEAD' }
    const ignoreDifferences = [{ kind: 'ConfigMap', jsonPointers: ['/data/value'] }]
    const syncPolicy = { automated: {}, syncOptions: ['RespectIgnoreDifferences=true'] }
    await scene.create('respected', { spec: { source, ignoreDifferences, syncPolicy } })
    await whenApplication(scene.kube, 'respected', isDeployed(first))
    expect(await liveValue('respected')).toBe('declared')
    await scene.kube.patch(path('respected'), { data: { value: 'by hand' } })
    const second = await scene.push({ 'respected/map.yaml': map('declared', 'two') })
    await whenApplication(scene.kube, 'respected', isDeployed(second))
    const { data } = await scene.kube.request<ConfigMap>('GET', path('respected'))
    expect(data).toEqual({ value: 'by hand', other: 'two', size: '1Gi' })
  })

  it('DIFF-11: another spelling of a quantity in a field of a known type is no difference', async () => {
    await scene.kube.patch(path('respected'), { data: { size: '1024Mi' } })
    const { status } = await refreshed(scene.kube, 'respected', 'hard')
    expect(status?.sync?.status).toBe('Synced')
    await scene.kube.patch(path('respected'), { data: { size: '2Gi' } })
    await whenApplication(scene.kube, 'respected', isOutOfSync)
  })

  it('PROJ-13: a project is described in 255 characters at most', async () => {
    const described = (length: number) =>
      scene.kube.try('POST', projects, project('wordy', { description: 'x'.repeat(length) }))
    expect((await described(256)).status).toBe(422)
    expect((await described(255)).status).toBe(201)
  })

  it('WIN-03, WIN-06, PROJ-08, PROJ-15: a closed window of a global project keeps a change until it is open', async () => {
    const window = { kind: 'deny', schedule: '* * * * *', duration: '2m', applications: ['*'] }
    await scene.kube.request('POST', projects, project('closing', { syncWindows: [window] }))
    await scene.kube.request('POST', projects, project('closed', {}, { stage: 'prod' }))
    await scene.push({ 'windowed/map.yaml': configMap('windowed', 'declared') })
    const source = { repoURL: scene.repository.url, path: 'windowed', targetRevision: 'HEAD' }
    await scene.create('windowed', { spec: { source, project: 'closed' } })
    const { status } = await whenApplication(scene.kube, 'windowed', isOutOfSync)
    expect(status?.operationState).toBeUndefined()
    await scene.kube.patch(`${projects}/closing`, { spec: { syncWindows: [] } })
    await whenApplication(scene.kube, 'windowed', ({ sync }) => sync?.status === 'Synced')
    expect(await liveValue('windowed')).toBe('declared')
  })

  it('PROJ-19: a project with the finalizer stays until no Application is in it', async () => {
    const finalizers = ['resources-finalizer.argocd.argoproj.io']
    await scene.kube.patch(`${projects}/closed`, { metadata: { finalizers } })
    await scene.kube.request('DELETE', `${projects}/closed`)
    await refreshed(scene.kube, 'windowed')
    expect((await scene.kube.try('GET', `${projects}/closed`)).status).toBe(200)
    await scene.kube.request('DELETE', `${applicationsPath}/windowed`)
    await whenGone(scene.kube, `${projects}/closed`)
  })
})
