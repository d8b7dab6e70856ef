import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, whenApplication } from '../harness/application.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-trouble'
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
  await scene.repository.push({
    'pod/pod.yaml': `apiVersion: v1
kind: Pod
metadata:
  name: broken
  annotations: {driftless.dev/simulate: crash}
spec:
  containers: [{name: main, image: nginx}]
`,
    'stuck/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: stuck
spec:
  selector: {matchLabels: {app: stuck}}
  template:
    metadata:
      labels: {app: stuck}
      annotations: {driftless.dev/simulate: image-pull}
    spec:
      containers: [{name: main, image: nginx}]
`,
    'kind/cr.yaml': 'apiVersion: example.com/v1\nkind: Nothing\nmetadata:\n  name: x\n',
    'plain/config.yaml': configMap('plain', 'x'),
  })
})

afterAll(() => scene.close())

describe('trouble is told with its cause', () => {
  it('fails the operation of a crashing pod with the reason, though its wave is the last one (SYNC-05)', async () => {
    await scene.create('crash', { path: 'pod' })
    const { status } = await whenApplication(
      scene.kube,
      'crash',
      ({ operationState }) => operationState?.phase === 'Failed',
    )
    expect(status?.operationState?.message).toContain(`Pod ${namespace}/broken is Degraded`)
    expect(status?.operationState?.message).toContain('CrashLoopBackOff')
    expect(status?.health?.status).toBe('Degraded')
  })

  it('fails the operation of a Deployment that is not ready in time with what its pods wait for', async () => {
    const annotations = { 'driftless.dev/health-timeout': '3s' }
    await scene.create('stuck', { path: 'stuck', annotations })
    const { status } = await whenApplication(
      scene.kube,
      'stuck',
      ({ operationState }) => operationState?.phase === 'Failed',
    )
    expect(status?.operationState?.message).toContain(
      `Deployment ${namespace}/stuck is Progressing`,
    )
    expect(status?.operationState?.message).toContain('ImagePullBackOff')
  })

  it('names the kind that the cluster does not serve, and writes nothing (SYNC-10)', async () => {
    await scene.create('unknown-kind', { path: 'kind' })
    const { status } = await whenApplication(
      scene.kube,
      'unknown-kind',
      ({ conditions = [] }) => conditions.length > 0,
    )
    expect(status?.conditions?.[0]?.message).toContain('the cluster has no such kind: Nothing')
    expect(status?.sync?.status).toBe('Unknown')
  })

  it('says what is wrong with a spec (APP-02, APP-03)', async () => {
    await scene.create('no-project', { path: 'plain', spec: { project: 'nowhere' } })
    const { status } = await whenApplication(
      scene.kube,
      'no-project',
      ({ conditions = [] }) => conditions.length > 0,
    )
    expect(status?.conditions?.[0]?.type).toBe('InvalidSpecError')
    expect(status?.conditions?.[0]?.message).toContain('there is no AppProject nowhere')
    expect(status?.sync?.status).toBe('Unknown')
    expect(status?.health?.status).toBe('Unknown')
  })

  it('warns of fields that are not acted on, and keeps fields it does not know', async () => {
    const source = {
      repoURL: scene.repository.url,
      path: 'plain',
      targetRevision: 'HEAD',
      future: { a: 1 },
    }
    const syncPolicy = {
      syncOptions: ['Replace=maybe'],
    }
    await scene.create('unbuilt', { spec: { source, syncPolicy, future: [1] } })
    const live = await whenApplication(
      scene.kube,
      'unbuilt',
      ({ conditions = [] }) => conditions.length > 0,
    )
    expect(live.status?.conditions?.map(({ type }) => type)).toContain('FieldNotSupportedWarning')
    expect(live.status?.conditions?.map(({ message }) => message).join()).toContain(
      'spec.syncPolicy',
    )
    expect(live.spec).toMatchObject({ source, future: [1] })
  })
})
