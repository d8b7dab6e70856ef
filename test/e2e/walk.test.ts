import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  isDeployed,
  isOutOfSync,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { isThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

/** The walk of a first-time user, as the README tells it, on the demo's own manifests. */
const namespace = 'caravan'
const demo = new URL('../../deploy/local/demo/', import.meta.url)
const mynginx = readFileSync(new URL('mynginx.yaml', demo), 'utf8')

let scene: Scene

const application = `${applicationsPath}/caravan`
const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/mynginx`
const push = (text: string) => scene.push({ 'mynginx.yaml': text })
const replicas = async () =>
  (await scene.kube.request<{ spec: { replicas: number } }>('GET', deployment)).spec.replicas

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await scene.repository.push({
    'mynginx.yaml': mynginx,
    'prepare.yaml': readFileSync(new URL('prepare.yaml', demo), 'utf8'),
    'guestbook/deployment.yaml': readFileSync(new URL('guestbook/deployment.yaml', demo), 'utf8'),
  })
})

afterAll(() => scene.close())

describe('the walk of a first-time user', () => {
  it('creates the application, which is OutOfSync until somebody syncs it', async () => {
    await scene.kube.request('POST', applicationsPath, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: 'caravan' },
      spec: {
        project: 'default',
        source: { repoURL: scene.repository.url, path: '.', targetRevision: 'HEAD' },
        destination: { server: 'https://kubernetes.default.svc', namespace },
        syncPolicy: { syncOptions: ['CreateNamespace=true'] },
      },
    })
    const { status } = await whenApplication(scene.kube, 'caravan', isOutOfSync)
    expect(status?.resources?.map(({ kind }) => kind).sort()).toEqual([
      'Deployment',
      'Ingress',
      'Service',
    ])
    expect(await isThere(scene.kube, `/api/v1/namespaces/${namespace}`)).toBe(false)
  })

  it('syncs it by hand: the Job runs first, then all is Healthy', async () => {
    const operation = { initiatedBy: { username: 'admin' }, sync: {} }
    await scene.kube.patch(application, { operation })
    const { status } = await whenApplication(
      scene.kube,
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
    await scene.kube.patch(application, { spec: { syncPolicy: { automated } } })
    const head = await push(mynginx.replace('replicas: 1', 'replicas: 2'))
    await whenApplication(scene.kube, 'caravan', isDeployed(head))
    const { items } = await scene.kube.request<{ items: { status: { phase: string } }[] }>(
      'GET',
      `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3Dmynginx`,
    )
    expect(items.map(({ status }) => status.phase)).toEqual(['Running', 'Running'])
  })

  it('heals what somebody edits', async () => {
    await scene.kube.patch(deployment, { spec: { replicas: 5 } })
    await eventually(replicas, (count) => count === 2)
  })

  it('says why a broken image fails, and recovers with the fix', async () => {
    const two = mynginx.replace('replicas: 1', 'replicas: 2')
    const broken = two
      .replace('mynginx:1.0.0', 'mynginx:missing')
      .replace('progressDeadlineSeconds: 20', 'progressDeadlineSeconds: 3')
    const bad = await push(broken)
    const failed = await whenApplication(
      scene.kube,
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
        scene.kube.request<{
          items: { type: string; message: string; involvedObject: { name: string } }[]
        }>('GET', '/api/v1/namespaces/argocd/events'),
      (list) => list.items.some(({ involvedObject }) => involvedObject.name === 'caravan'),
    )
    expect(items.find(({ involvedObject }) => involvedObject.name === 'caravan')).toMatchObject({
      type: 'Warning',
      message: expect.stringContaining('health-timeout'),
    })
    const fixed = await push(two)
    const { status } = await whenApplication(scene.kube, 'caravan', isDeployed(fixed))
    expect(status?.driftless?.failure).toBeUndefined()
    expect(
      (await scene.kube.request<LiveApplication>('GET', application)).status?.conditions ?? [],
    ).toEqual([])
  })
})
