import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  isDeployed,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { createKubeClient, type KubeClient } from '../harness/kube.ts'
import { pushWebhook } from '../harness/webhook.ts'

/** The walk of a first-time user, as the README tells it, on the demo's own manifests. */
const endpoints = inject('endpoints')
const namespace = 'caravan'
const merge = 'application/merge-patch+json'
const demo = new URL('../../deploy/local/demo/', import.meta.url)
const mynginx = readFileSync(new URL('mynginx.yaml', demo), 'utf8')

let kube: KubeClient
let repository: ScratchRepository

const application = `${applicationsPath}/caravan`
const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/mynginx`
const push = async (text: string) => {
  const head = await repository.push({ 'mynginx.yaml': text })
  expect((await pushWebhook(endpoints.api, await repository.lastPush())).status).toBe(200)
  return head
}
const replicas = async () =>
  (await kube.request<{ spec: { replicas: number } }>('GET', deployment)).spec.replicas

beforeAll(async () => {
  kube = createKubeClient(endpoints.kubeconfig)
  repository = await createScratchRepository()
  await repository.push({
    'mynginx.yaml': mynginx,
    'prepare.yaml': readFileSync(new URL('prepare.yaml', demo), 'utf8'),
    'guestbook/deployment.yaml': readFileSync(new URL('guestbook/deployment.yaml', demo), 'utf8'),
  })
})

afterAll(async () => {
  await repository.close()
  await kube.close()
})

describe('the walk of a first-time user', () => {
  it('creates the application, which is OutOfSync until somebody syncs it', async () => {
    await kube.request('POST', applicationsPath, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'caravan' },
      spec: {
        project: 'default',
        source: { repoURL: repository.url, path: '.', targetRevision: 'HEAD' },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        syncPolicy: { syncOptions: ['CreateNamespace=true'] },
      },
    })
    const { status } = await whenApplication(
      kube,
      'caravan',
      ({ sync }) => sync?.status === 'OutOfSync',
    )
    expect(status?.resources?.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'Ingress',
      'Service',
    ])
    expect((await kube.try('GET', `/api/v1/namespaces/${namespace}`)).status).toBe(404)
  })

  it('syncs it by hand: the Job runs first, then all is Healthy', async () => {
    await kube.request(
      'PATCH',
      application,
      { operation: { initiatedBy: { username: 'admin' }, sync: {} } },
      merge,
    )
    const { status } = await whenApplication(
      kube,
      'caravan',
      ({ sync, health, operationState }) =>
        operationState?.phase === 'Succeeded' &&
        sync?.status === 'Synced' &&
        health?.status === 'Healthy',
    )
    expect(status?.operationState?.syncResult.resources[1]).toMatchObject({
      kind: 'Job',
      hookType: 'PreSync',
      hookPhase: 'Succeeded',
    })
  })

  it('switches automated sync on; a push of two replicas runs two pods', async () => {
    const automated = { prune: true, selfHeal: true }
    await kube.request('PATCH', application, { spec: { syncPolicy: { automated } } }, merge)
    const head = await push(mynginx.replace('replicas: 1', 'replicas: 2'))
    await whenApplication(kube, 'caravan', isDeployed(head))
    const { items } = await kube.request<{ items: { status: { phase: string } }[] }>(
      'GET',
      `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dmynginx`,
    )
    expect(items.map(({ status }) => status.phase)).toEqual(['Running', 'Running'])
  })

  it('heals what somebody edits', async () => {
    await kube.request('PATCH', deployment, { spec: { replicas: 5 } }, merge)
    await eventually(replicas, (count) => count === 2)
  })

  it('says why a broken image fails, and recovers with the fix', async () => {
    const two = mynginx.replace('replicas: 1', 'replicas: 2')
    const broken = two
      .replace('mynginx:1.0.0', 'mynginx:missing')
      .replace('progressDeadlineSeconds: 20', 'progressDeadlineSeconds: 3')
    const bad = await push(broken)
    const failed = await whenApplication(
      kube,
      'caravan',
      ({ operationState, sync }) => operationState?.phase === 'Failed' && sync?.revision === bad,
    )
    expect(failed.status?.driftless?.failure).toMatchObject({
      cause: 'health-timeout',
      object: `Deployment ${namespace}/mynginx`,
      evidence: expect.stringContaining('ImagePullBackOff'),
    })
    const { items } = await eventually(
      () =>
        kube.request<{
          items: { type: string; message: string; involvedObject: { name: string } }[]
        }>('GET', '/api/v1/namespaces/argocd/events'),
      (list) => list.items.some(({ involvedObject }) => involvedObject.name === 'caravan'),
    )
    expect(items.find(({ involvedObject }) => involvedObject.name === 'caravan')).toMatchObject({
      type: 'Warning',
      message: expect.stringContaining('health-timeout'),
    })
    const fixed = await push(two)
    const { status } = await whenApplication(kube, 'caravan', isDeployed(fixed))
    expect(status?.driftless?.failure).toBeUndefined()
    expect(
      (await kube.request<LiveApplication>('GET', application)).status?.conditions ?? [],
    ).toEqual([])
  })
})
