import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applicationsPath, configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { followDeployments } from '../harness/deployments.ts'
import { eventually } from '../harness/eventually.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere, whenGone, whenThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-interruption'

let scene: Scene

const remove = (name: string) => scene.kube.request('DELETE', `${applicationsPath}/${name}`)
const job = (name: string) => `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
/** A Deployment whose pods take this long; the image tells versions apart. */
const slow = (name: string, version: number, delay: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}, annotations: {driftless.dev/simulate-delay: "${delay}"}}\n    spec: {containers: [{name: c, image: "web:${version}"}]}\n`

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  await createNamespace(scene.kube, namespace)
})

afterAll(() => scene.close())

describe('a deletion', () => {
  it('ends the operation in the middle of its hook, then cascades', async () => {
    await scene.repository.push({
      'deleted/before.yaml': hookJob('deleted', 'PreSync', { runtime: '10m' }),
      'deleted/config.yaml': configMap('deleted', 'one'),
    })
    await scene.create('deleted', { path: 'deleted' })
    await whenThere(scene.kube, job('deleted'))
    await remove('deleted')
    await whenGone(scene.kube, `${applicationsPath}/deleted`)
    await whenGone(scene.kube, job('deleted'))
    const config = `/api/v1/namespaces/${namespace}/configmaps/deleted`
    expect(await isThere(scene.kube, config)).toBe(false)
  })

  it('waits for the end of its objects also in the background (HIST-07)', async () => {
    const { kube } = scene
    const head = await scene.push({ 'behind/config.yaml': configMap('behind', 'one') })
    await scene.create('behind', { path: 'behind' })
    await whenApplication(kube, 'behind', isDeployed(head))
    const config = `/api/v1/namespaces/${namespace}/configmaps/behind`
    await kube.patch(config, { metadata: { finalizers: ['example.com/wait'] } })
    const finalizers = ['resources-finalizer.argocd.argoproj.io/background']
    await kube.patch(`${applicationsPath}/behind`, { metadata: { finalizers } })
    await remove('behind')
    await eventually(
      () => kube.request('GET', config),
      ({ metadata }) => metadata.deletionTimestamp !== undefined,
    )
    expect(await isThere(kube, `${applicationsPath}/behind`)).toBe(true)
    await kube.patch(config, { metadata: { finalizers: null } })
    await whenGone(kube, `${applicationsPath}/behind`)
    expect(await isThere(kube, config)).toBe(false)
  })

  it('keeps the finalizer and says why while the cluster cannot be reached (not as Argo CD, 2.8), until nobody declares it any more (CLUS-11)', async () => {
    const server = 'https://127.0.0.1:1'
    const secrets = '/api/v1/namespaces/argocd/secrets'
    const labels = { 'argocd.argoproj.io/secret-type': 'cluster' }
    await scene.kube.request('POST', secrets, {
      metadata: { name: 'unreachable', labels },
      stringData: { name: 'unreachable', server, config: '{"bearerToken":"none"}' },
    })
    await scene.create('unreachable', {
      path: 'unreachable',
      spec: { destination: { server, namespace } },
    })
    await remove('unreachable')
    const { metadata, status } = await whenApplication(
      scene.kube,
      'unreachable',
      ({ conditions = [] }) => conditions.some(({ type }) => type === 'DeletionError'),
    )
    expect(metadata.finalizers).toHaveLength(1)
    expect(status?.conditions?.find(({ type }) => type === 'DeletionError')?.message).toContain(
      server,
    )
    await scene.kube.request('DELETE', `${secrets}/unreachable`)
    await whenGone(scene.kube, `${applicationsPath}/unreachable`)
  })

  it('leaves nothing to an Application that is created again with the same name', async () => {
    const head = await scene.repository.push({ 'again/config.yaml': configMap('again', 'one') })
    await scene.create('again', { path: 'again' })
    const before = await whenApplication(scene.kube, 'again', isDeployed(head))
    await remove('again')
    await whenGone(scene.kube, `${applicationsPath}/again`)
    await scene.create('again', { path: 'again' })
    const after = await whenApplication(scene.kube, 'again', isDeployed(head))
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
    expect(after.status?.history?.map(({ id }) => id)).toEqual([0])
  })
})

describe('newer work', () => {
  it('takes the place of a rollout that waits, which is recorded as superseded', async () => {
    const told = followDeployments(endpoints.kafka)
    try {
      const first = await scene.push({ 'replace/web.yaml': slow('replace', 1, '10m') })
      await scene.create('replace', { path: 'replace' })
      await whenApplication(
        scene.kube,
        'replace',
        ({ operationState }) => operationState?.phase === 'Running',
      )
      const second = await scene.push({ 'replace/web.yaml': slow('replace', 2, '0s') })
      const { status } = await whenApplication(scene.kube, 'replace', isDeployed(second))
      expect(status?.history?.map(({ revision }) => revision)).toEqual([second])
      const kinds = await eventually(
        () => told.ofApplication('argocd/replace'),
        (events) => events.some(({ kind }) => kind === 'sync-succeeded'),
      )
      expect(kinds).toContainEqual({ kind: 'sync-superseded', revision: first })
    } finally {
      await told.close()
    }
  })

  it('waits for the end of the attempt where the policy is `finish`, and is looked at then (AUTO-12)', async () => {
    const first = await scene.push({ 'finish/web.yaml': slow('finish', 1, '3s') })
    await scene.create('finish', {
      path: 'finish',
      annotations: { 'driftless.dev/supersede': 'finish' },
    })
    await whenThere(scene.kube, `/apis/apps/v1/namespaces/${namespace}/deployments/finish`)
    const second = await scene.push({ 'finish/web.yaml': slow('finish', 2, '0s') })
    const { status } = await whenApplication(scene.kube, 'finish', isDeployed(second))
    expect(status?.history?.map(({ revision }) => revision)).toEqual([first, second])
  })
})

describe('a retry', () => {
  it('repeats a failed sync as often as syncPolicy.retry says (SYNCP-05)', async () => {
    await scene.repository.push({
      'retried/before.yaml': hookJob('retried', 'PreSync', { simulate: 'fail' }),
      'retried/config.yaml': configMap('retried', 'one'),
    })
    const automated = { prune: true, selfHeal: true }
    const retry = { limit: 2, backoff: { duration: '200ms', factor: 1 } }
    await scene.create('retried', { path: 'retried', spec: { syncPolicy: { automated, retry } } })
    const { status } = await whenApplication(
      scene.kube,
      'retried',
      ({ operationState }) => operationState?.phase === 'Failed' && operationState.retryCount === 2,
    )
    expect(status?.driftless?.failure?.cause).toBe('hook')
  })
})
