import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applicationLabel } from '../../core/digest.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  isOutOfSync,
  whenApplication,
} from '../harness/application.ts'
import { createNamespace, type KubeObject } from '../harness/kube.ts'
import { operate, whenOver } from '../harness/operation.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-argo-cd-objects'
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
const quotas = `/api/v1/namespaces/${namespace}/limitranges`
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})

afterAll(() => scene.close())

const trackedBy = (application: string, kind: string, name: string) => ({
  name,
  annotations: { 'argocd.argoproj.io/tracking-id': `${application}:/${kind}:${namespace}/${name}` },
})
/** As Argo CD leaves an application: two ConfigMaps and a kind that nothing here declares. */
const deployedByArgoCd = async (application: string) => {
  const { kube } = scene
  const maps = [`${application}-kept`, `${application}-left`]
  for (const name of maps) {
    const metadata = trackedBy(application, 'ConfigMap', name)
    await kube.request('POST', configMaps, { metadata, data: { value: 'x' } })
  }
  const metadata = trackedBy(application, 'LimitRange', `${application}-left`)
  await kube.request('POST', quotas, { metadata, spec: { limits: [] } })
  const uidOf = async (name: string) =>
    (await kube.request('GET', `${configMaps}/${name}`)).metadata.uid
  return { keptUid: await uidOf(`${application}-kept`) }
}
/** Creates the Application with the status that Argo CD wrote into it. */
const declare = async (name: string, spec: object = {}) => {
  const { repository, kube } = scene
  const declared = applicationManifest({
    name,
    repoURL: repository.url,
    namespace,
    path: name,
    spec,
  })
  const status = { sync: { status: 'Synced' }, health: { status: 'Healthy' }, resources: [] }
  await kube.request('POST', applicationsPath, { ...declared, status })
}
type ConfigMap = KubeObject & { readonly data: Readonly<Record<string, string>> }
const withData = (name: string, data: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const push = (name: string) =>
  scene.repository.push({ [`${name}/config.yaml`]: configMap(`${name}-kept`, 'x') })

describe('an Application that Argo CD deployed before', () => {
  it('keeps what is declared, and loses what is not when it prunes (TRACK-01)', async () => {
    const { kube } = scene
    const { keptUid } = await deployedByArgoCd('argo-moved')
    const head = await push('argo-moved')
    await declare('argo-moved')
    await whenApplication(kube, 'argo-moved', isDeployed(head))
    await whenGone(kube, `${configMaps}/argo-moved-left`)
    await whenGone(kube, `${quotas}/argo-moved-left`)
    const { metadata } = await kube.request('GET', `${configMaps}/argo-moved-kept`)
    expect(metadata.uid).toBe(keptUid)
    expect(metadata.labels).toEqual({
      'driftless.dev/application': applicationLabel('argocd', 'argo-moved'),
    })
  })

  it('shows what is not declared and leaves it there when it does not prune (SYNCP-02)', async () => {
    const { kube } = scene
    await deployedByArgoCd('argo-shown')
    await push('argo-shown')
    await declare('argo-shown', { syncPolicy: { automated: {} } })
    const { status } = await whenApplication(
      kube,
      'argo-shown',
      ({ sync, driftless }) => driftless?.rendered !== undefined && sync?.status === 'OutOfSync',
    )
    const toPrune = status?.resources?.filter(({ requiresPruning }) => requiresPruning)
    expect(toPrune?.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual([
      'ConfigMap argo-shown-left',
      'LimitRange argo-shown-left',
    ])
    expect(await isThere(kube, `${quotas}/argo-shown-left`)).toBe(true)
  })

  it('is Synced without a sync while its objects are as declared; what is taken out later is removed', async () => {
    const { kube } = scene
    const name = 'argo-same'
    const { metadata } = await kube.request(
      'POST',
      `${configMaps}?fieldManager=argocd-controller`,
      {
        metadata: trackedBy(name, 'ConfigMap', name),
        data: { value: 'x', more: 'y' },
      },
    )
    await kube.patch(`${configMaps}/${name}?fieldManager=somebody`, { data: { theirs: 'z' } })
    const declared = { data: { value: 'x', more: 'y' } }
    await scene.repository.push({ [`${name}/config.yaml`]: withData(name, declared.data) })
    await declare(name, { syncPolicy: {} })
    const { status } = await whenApplication(
      kube,
      name,
      ({ driftless }) => driftless?.rendered !== undefined,
    )
    expect(status?.sync?.status).toBe('Synced')
    expect(status?.operationState).toBeUndefined()
    await scene.push({ [`${name}/config.yaml`]: withData(name, { value: 'x' }) })
    await whenApplication(kube, name, isOutOfSync)
    await operate(kube, name)
    await whenOver(kube, name)
    const live = await kube.request<ConfigMap>('GET', `${configMaps}/${name}`)
    expect(live.data).toEqual({ value: 'x', theirs: 'z' })
    expect(live.metadata.uid).toBe(metadata.uid)
  })

  it('is deleted with all that it deployed, also when it was never compared (HIST-05)', async () => {
    const { kube } = scene
    await deployedByArgoCd('argo-ended')
    await declare('argo-ended', { source: { repoURL: 'https://127.0.0.1:1/none', path: '.' } })
    await kube.request('DELETE', `${applicationsPath}/argo-ended`)
    await whenGone(kube, `${applicationsPath}/argo-ended`)
    expect(await isThere(kube, `${configMaps}/argo-ended-kept`)).toBe(false)
    expect(await isThere(kube, `${quotas}/argo-ended-left`)).toBe(false)
  })

  it('leaves objects alone that another Application or installation claims, or that carry a copied mark (TRACK-04, TRACK-05)', async () => {
    const { kube } = scene
    await deployedByArgoCd('argo-neighbour')
    const copied = { ...trackedBy('argo-mine', 'ConfigMap', 'original'), name: 'copy' }
    await kube.request('POST', configMaps, { metadata: copied })
    const { annotations, name } = trackedBy('argo-mine', 'ConfigMap', 'installed')
    const elsewhere = { ...annotations, 'argocd.argoproj.io/installation-id': 'elsewhere' }
    await kube.request('POST', configMaps, { metadata: { name, annotations: elsewhere } })
    const head = await push('argo-mine')
    await declare('argo-mine')
    await whenApplication(kube, 'argo-mine', isDeployed(head))
    expect(await isThere(kube, `${configMaps}/copy`)).toBe(true)
    expect(await isThere(kube, `${configMaps}/installed`)).toBe(true)
    expect(await isThere(kube, `${configMaps}/argo-neighbour-left`)).toBe(true)
  })
})

describe('an object that kubectl applied before', () => {
  it('is taken over without a restart of its pods: fields of others stay, what is not declared goes (OPT-13)', async () => {
    const { kube } = scene
    const name = 'kubectl-moved'
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
    const template = {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'web', image: 'web:1' }] },
    }
    const spec = { replicas: 1, selector: { matchLabels: { app: name } }, template }
    const { metadata } = await kube.request(
      'POST',
      `${deployments}?fieldManager=kubectl-client-side-apply`,
      { metadata: { name, labels: { declared: 'once' } }, spec },
    )
    await kube.patch(`${deployments}/${name}?fieldManager=somebody`, {
      metadata: { labels: { theirs: 'kept' } },
    })
    const declared = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec }
    const head = await scene.repository.push({ [`${name}/web.yaml`]: JSON.stringify(declared) })
    await scene.create(name, { path: name })
    await whenApplication(kube, name, isDeployed(head))
    const live = await kube.request('GET', `${deployments}/${name}`)
    expect(live.metadata.uid).toBe(metadata.uid)
    // the number of the rollout: a changed pod template would make it 2
    expect(live.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1')
    expect(live.metadata.labels).toEqual({
      theirs: 'kept',
      'driftless.dev/application': applicationLabel('argocd', name),
    })
  })
})
