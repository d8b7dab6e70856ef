import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  whenApplication,
} from '../harness/application.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { createKubeClient, type KubeClient } from '../harness/kube.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-trouble'
let kube: KubeClient
let repository: ScratchRepository

beforeAll(async () => {
  kube = createKubeClient(endpoints.kubeconfig)
  repository = await createScratchRepository('trouble')
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  await repository.push({
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

afterAll(async () => {
  await repository.close()
  await kube.close()
})

const create = (name: string, path: string, more: object = {}) =>
  kube.request('POST', applicationsPath, {
    ...applicationManifest({ name, repoURL: repository.url, namespace, path, ...more }),
  })

describe('trouble is told with its cause', () => {
  it('fails the operation of a crashing pod with the reason', async () => {
    await create('crash', 'pod')
    const { status } = await whenApplication(
      kube,
      'crash',
      ({ operationState }) => operationState?.phase === 'Failed',
    )
    expect(status?.operationState?.message).toContain(`Pod ${namespace}/broken is Degraded`)
    expect(status?.operationState?.message).toContain('CrashLoopBackOff')
    expect(status?.health?.status).toBe('Degraded')
  })

  it('fails the operation of a Deployment that is not ready in time with what its pods wait for', async () => {
    await create('stuck', 'stuck', { annotations: { 'driftless.dev/health-timeout': '3s' } })
    const { status } = await whenApplication(
      kube,
      'stuck',
      ({ operationState }) => operationState?.phase === 'Failed',
    )
    expect(status?.operationState?.message).toContain(
      `Deployment ${namespace}/stuck is Progressing`,
    )
    expect(status?.operationState?.message).toContain('ImagePullBackOff')
  })

  it('names the kind that the cluster does not serve', async () => {
    await create('unknown-kind', 'kind')
    const { status } = await whenApplication(
      kube,
      'unknown-kind',
      ({ conditions = [] }) => conditions.length > 0,
    )
    expect(status?.conditions?.[0]?.message).toContain('the cluster has no such kind: Nothing')
    expect(status?.sync?.status).toBe('Unknown')
  })

  it('says what is wrong with a spec (APP-02, APP-03)', async () => {
    await create('no-project', 'plain', { spec: { project: 'nowhere' } })
    const { status } = await whenApplication(
      kube,
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
      repoURL: repository.url,
      path: 'plain',
      targetRevision: 'HEAD',
      tagPrefix: 'v',
      future: { a: 1 },
    }
    await create('unbuilt', 'plain', { spec: { source, future: [1] } })
    const live = await whenApplication(
      kube,
      'unbuilt',
      ({ conditions = [] }) => conditions.length > 0,
    )
    expect(live.status?.conditions?.map(({ type }) => type)).toContain('FieldNotSupportedWarning')
    expect(live.status?.conditions?.map(({ message }) => message).join()).toContain(
      'spec.source.tagPrefix',
    )
    expect(live.spec).toMatchObject({ source, future: [1] })
  })
})
