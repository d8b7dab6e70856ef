import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { followDeployments } from '../harness/deployments.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { hookJob } from '../harness/hook.ts'
import { createKubeClient, type KubeClient } from '../harness/kube.ts'
import { pushWebhook } from '../harness/webhook.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-interruption'
const merge = 'application/merge-patch+json'

let kube: KubeClient
let repository: ScratchRepository

const create = (name: string, more: object = {}) =>
  kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name, repoURL: repository.url, namespace, path: name, ...more }),
  )
const remove = (name: string) => kube.request('DELETE', `${applicationsPath}/${name}`)
const whenGone = (path: string) =>
  eventually(
    () => kube.try('GET', path),
    ({ status }) => status === 404,
  )
const job = (name: string) => `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
const push = async (files: Record<string, string | null>) => {
  const head = await repository.push(files)
  expect((await pushWebhook(endpoints.api, await repository.lastPush())).status).toBe(200)
  return head
}
/** A Deployment whose pods take this long; the image tells versions apart. */
const slow = (name: string, version: number, delay: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}, annotations: {driftless.dev/simulate-delay: "${delay}"}}\n    spec: {containers: [{name: c, image: "web:${version}"}]}\n`

beforeAll(async () => {
  kube = createKubeClient(endpoints.kubeconfig)
  repository = await createScratchRepository()
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
})

afterAll(async () => {
  await repository.close()
  await kube.close()
})

describe('a deletion', () => {
  it('ends the operation in the middle of its hook, then cascades', async () => {
    await repository.push({
      'deleted/before.yaml': hookJob('deleted', 'PreSync', { runtime: '10m' }),
      'deleted/config.yaml': configMap('deleted', 'one'),
    })
    await create('deleted')
    await eventually(
      () => kube.try('GET', job('deleted')),
      ({ status }) => status === 200,
    )
    await remove('deleted')
    await whenGone(`${applicationsPath}/deleted`)
    await whenGone(job('deleted'))
    const { status } = await kube.try('GET', `/api/v1/namespaces/${namespace}/configmaps/deleted`)
    expect(status).toBe(404)
  })

  it('keeps the finalizer and says why while the cluster cannot be reached (not as Argo CD, 2.8)', async () => {
    const destination = { server: 'https://192.0.2.1:6443', namespace }
    await create('unreachable', { spec: { destination } })
    await remove('unreachable')
    const { metadata, status } = await whenApplication(kube, 'unreachable', ({ conditions = [] }) =>
      conditions.some(({ type }) => type === 'DeletionError'),
    )
    expect(metadata.finalizers).toHaveLength(1)
    expect(status?.conditions?.find(({ type }) => type === 'DeletionError')?.message).toContain(
      'https://192.0.2.1:6443',
    )
    await kube.request(
      'PATCH',
      `${applicationsPath}/unreachable`,
      { metadata: { finalizers: null } },
      merge,
    )
    await whenGone(`${applicationsPath}/unreachable`)
  })

  it('leaves nothing to an Application that is created again with the same name', async () => {
    const head = await repository.push({ 'again/config.yaml': configMap('again', 'one') })
    await create('again')
    const before = await whenApplication(kube, 'again', isDeployed(head))
    await remove('again')
    await whenGone(`${applicationsPath}/again`)
    await create('again')
    const after = await whenApplication(kube, 'again', isDeployed(head))
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
    expect(after.status?.history?.map(({ id }) => id)).toEqual([0])
  })
})

describe('newer work', () => {
  it('takes the place of a rollout that waits, which is recorded as superseded', async () => {
    const told = followDeployments(endpoints.kafka)
    try {
      const first = await push({ 'replace/web.yaml': slow('replace', 1, '10m') })
      await create('replace')
      await whenApplication(
        kube,
        'replace',
        ({ operationState }) => operationState?.phase === 'Running',
      )
      const second = await push({ 'replace/web.yaml': slow('replace', 2, '0s') })
      const { status } = await whenApplication(kube, 'replace', isDeployed(second))
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

  it('waits for the end of the attempt where the policy is `finish`', async () => {
    const first = await push({ 'finish/web.yaml': slow('finish', 1, '3s') })
    await create('finish', { annotations: { 'driftless.dev/supersede': 'finish' } })
    await eventually(
      () => kube.try('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/finish`),
      ({ status }) => status === 200,
    )
    const second = await push({ 'finish/web.yaml': slow('finish', 2, '0s') })
    const { status } = await whenApplication(kube, 'finish', isDeployed(second))
    expect(status?.history?.map(({ revision }) => revision)).toEqual([first, second])
  })
})

describe('a retry', () => {
  it('repeats a failed sync as often as syncPolicy.retry says (SYNCP-05)', async () => {
    await repository.push({
      'retried/before.yaml': hookJob('retried', 'PreSync', { simulate: 'fail' }),
      'retried/config.yaml': configMap('retried', 'one'),
    })
    const automated = { prune: true, selfHeal: true }
    const retry = { limit: 2, backoff: { duration: '200ms', factor: 1 } }
    await create('retried', { spec: { syncPolicy: { automated, retry } } })
    const { status } = await whenApplication(
      kube,
      'retried',
      ({ operationState }) => operationState?.phase === 'Failed' && operationState.retryCount === 2,
    )
    expect(status?.driftless?.failure?.cause).toBe('hook')
  })
})
