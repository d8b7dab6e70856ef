import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { eventually } from '../harness/eventually.ts'
import { createKubeClient, type KubeClient, type KubeObject } from '../harness/kube.ts'

const namespace = `local-cluster-${process.pid}`
const core = `/api/v1/namespaces/${namespace}`

let kube: KubeClient

beforeAll(async () => {
  kube = createKubeClient(inject('endpoints').kubeconfig)
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
})

afterAll(async () => {
  await kube.request('DELETE', `/api/v1/namespaces/${namespace}`)
  await kube.close()
})

type Status = {
  readonly phase?: string
  readonly conditions?: readonly { readonly type: string; readonly status: string }[]
  readonly containerStatuses?: readonly {
    readonly ready: boolean
    readonly state: { readonly waiting?: { readonly reason: string } }
  }[]
  readonly loadBalancer?: { readonly ingress?: readonly { readonly ip: string }[] }
  readonly [field: string]: unknown
}

describe('pods of the local cluster', () => {
  test('become running and ready', async () => {
    await createPod('runs', {})
    const { conditions } = await podStatus('runs', ({ phase }) => phase === 'Running')
    expect(conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }))
  })

  test('of a Job succeed, and the Job completes', async () => {
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`
    const template = { spec: { restartPolicy: 'Never', containers: [container] } }
    await kube.request('POST', jobs, { metadata: { name: 'once' }, spec: { template } })
    await statusOf(`${jobs}/once`, ({ succeeded }) => succeeded === 1)
  })

  test.each([
    { simulate: 'crash', phase: 'Running', reason: 'CrashLoopBackOff' },
    { simulate: 'image-pull', phase: 'Pending', reason: 'ImagePullBackOff' },
    { simulate: 'pending', phase: 'Pending', reason: 'ContainerCreating' },
  ])(
    'with driftless.dev/simulate: $simulate wait with $reason',
    async ({ simulate, phase, reason }) => {
      await createPod(simulate, { 'driftless.dev/simulate': simulate })
      const status = await podStatus(
        simulate,
        ({ containerStatuses }) => containerStatuses !== undefined,
      )
      expect(status.phase).toBe(phase)
      expect(status.containerStatuses).toEqual([
        expect.objectContaining({
          ready: false,
          state: { waiting: expect.objectContaining({ reason }) },
        }),
      ])
    },
  )

  test('with driftless.dev/simulate: fail end as Failed', async () => {
    await createPod('fails', { 'driftless.dev/simulate': 'fail' })
    await podStatus('fails', ({ phase }) => phase === 'Failed')
  })

  test('are gone soon after they were deleted', async () => {
    await createPod('goes', {})
    await podStatus('goes', ({ phase }) => phase === 'Running')
    await kube.request('DELETE', `${core}/pods/goes`)
    await eventually(
      async () => (await kube.try('GET', `${core}/pods/goes`)).status,
      (status) => status === 404,
    )
  })

  test('of a Deployment make it available', async () => {
    const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`
    const labels = { app: 'web' }
    await kube.request('POST', deployments, {
      metadata: { name: 'web' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    })
    await statusOf(`${deployments}/web`, ({ availableReplicas }) => availableReplicas === 3)
  })
})

describe('what a cloud would add to the local cluster', () => {
  test('a Service of type LoadBalancer gets an address', async () => {
    const spec = { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }] }
    await kube.request('POST', `${core}/services`, { metadata: { name: 'public' }, spec })
    await statusOf(`${core}/services/public`, hasAddress)
  })

  test('an Ingress gets an address', async () => {
    const ingresses = `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`
    const spec = { defaultBackend: { service: { name: 'public', port: { number: 80 } } } }
    await kube.request('POST', ingresses, { metadata: { name: 'public' }, spec })
    await statusOf(`${ingresses}/public`, hasAddress)
  })

  test('a PersistentVolumeClaim is bound, and its volume goes with it', async () => {
    const claims = `${core}/persistentvolumeclaims`
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    await kube.request('POST', claims, { metadata: { name: 'data' }, spec })
    await statusOf(`${claims}/data`, ({ phase }) => phase === 'Bound')
    const { metadata } = await kube.request('GET', `${claims}/data`)
    await kube.request('DELETE', `${claims}/data`)
    await eventually(
      async () => (await kube.try('GET', `/api/v1/persistentvolumes/pvc-${metadata.uid}`)).status,
      (status) => status === 404,
    )
  })
})

const container = { name: 'main', image: 'registry.example.com/main:1' }

async function createPod(
  name: string,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  // the service account of a new namespace comes a moment later
  await eventually(
    async () => (await kube.try('GET', `${core}/serviceaccounts/default`)).status,
    (status) => status === 200,
  )
  const body = { metadata: { name, annotations }, spec: { containers: [container] } }
  await kube.request('POST', `${core}/pods`, body)
}

function podStatus(name: string, accept: (status: Status) => boolean): Promise<Status> {
  return statusOf(`${core}/pods/${name}`, accept)
}

function statusOf(path: string, accept: (status: Status) => boolean): Promise<Status> {
  return eventually(
    async () => ((await kube.request<KubeObject>('GET', path)).status ?? {}) as Status,
    accept,
  )
}

function hasAddress({ loadBalancer }: Status): boolean {
  return loadBalancer?.ingress?.[0]?.ip !== undefined
}
