import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { scanForUnknown } from '../../activities/daily-scan.ts'
import { type ApplicationIndex, createApplicationIndex } from '../../clients/applications.ts'
import { type Cluster, createCluster } from '../../clients/kube/cluster.ts'
import type { KubeTransport } from '../../clients/kube/transport.ts'
import { noCustomizations } from '../../core/customization.ts'
import { applicationLabel } from '../../core/digest.ts'
import type { Wake } from '../../core/flow.ts'
import { startDailyScan } from '../../event-sources/daily-scan.ts'
import { applicationObject } from '../fixtures/application.ts'
import { eventually } from '../harness/eventually.ts'
import { type ProxiedNamespace, proxiedNamespace } from '../harness/proxied-namespace.ts'

const namespace = 'contract-scan'
const inNamespace = `/api/v1/namespaces/${namespace}`
const applicationsPath = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
let place: ProxiedNamespace
let applications: ApplicationIndex
let cluster: Cluster
/** Paths of the lists that were asked for with the selector of our label. */
let lists: string[] = []
let woken: (Pick<Wake, 'reason' | 'keys'> & { readonly name: string })[] = []

const counting = (transport: KubeTransport): KubeTransport => ({
  ...transport,
  request(...args: Parameters<KubeTransport['request']>) {
    if (args[1]?.query?.labelSelector !== undefined) lists.push(args[0])
    return transport.request(...args)
  },
})
const scan = () =>
  scanForUnknown(
    {
      applications,
      ...{
        clusterId: 'here',
        clusters: { idOf: () => 'here', placeOf: () => ({ kind: 'control' }) },
      },
      now: Date.now,
      customizations: () => noCustomizations,
      wake: async ({ name }, { reason, keys = [] }) => {
        woken.push({ name, reason, keys })
      },
    },
    cluster,
  )
/** An Application that was compared before, and is not known to have anything. */
const compared = (name: string) => {
  const status = { resources: [], driftless: { sequence: 1, specDigest: '', rendered: 'x' } }
  const metadata = { name, namespace, uid: undefined }
  return place.kube.request('POST', applicationsPath, {
    ...applicationObject({ metadata }),
    status,
  })
}
const leave = (plural: string, kind: string, application: string, claimed = 'left') =>
  place.kube.request('POST', `${inNamespace}/${plural}`, {
    metadata: {
      name: `${claimed === 'left' ? 'left' : 'copy'}-by-${application}`,
      labels: { 'driftless.dev/application': applicationLabel(namespace, application) },
      annotations: {
        'argocd.argoproj.io/tracking-id': `${application}:/${kind}:${namespace}/${claimed}-by-${application}`,
      },
    },
  })

beforeAll(async () => {
  place = await proxiedNamespace(inject('endpoints').kubeconfig, namespace)
  applications = createApplicationIndex(place.transport, namespace, () => undefined)
  cluster = createCluster(counting(place.transport), () => undefined)
  await applications.synced
  for (const name of ['one', 'two']) await compared(name)
  await eventually(
    () => applications.all(),
    ({ length }) => length === 2,
  )
})
afterAll(async () => {
  cluster.close()
  applications.stop()
  await place.close()
})

it('finds what applications own in kinds that nobody watches, with one list per kind for all of them', async () => {
  await leave('configmaps', 'ConfigMap', 'one')
  await leave('configmaps', 'ConfigMap', 'two')
  await leave('serviceaccounts', 'ServiceAccount', 'two')
  await leave('secrets', 'Secret', 'one', 'another')
  await scan()
  expect(woken).toEqual([
    { name: 'one', reason: 'drift', keys: [`/ConfigMap/${namespace}/left-by-one`] },
    {
      name: 'two',
      reason: 'drift',
      keys: expect.arrayContaining([
        `/ConfigMap/${namespace}/left-by-two`,
        `/ServiceAccount/${namespace}/left-by-two`,
      ]),
    },
  ])
  const asked = lists.filter((path) => path === '/api/v1/secrets')
  expect(asked).toHaveLength(1)
  // what only carries copied marks is not worth a watch
  expect(cluster.watches({ group: '', kind: 'Secret' })).toBe(false)
  expect(cluster.watches({ group: '', kind: 'ServiceAccount' })).toBe(true)
})

it('says nothing of what the status knows, and lists no kind that is watched', async () => {
  lists = []
  woken = []
  const resources = [{ version: 'v1', kind: 'ConfigMap', namespace, name: 'left-by-one' }]
  await place.kube.patch(`${applicationsPath}/one`, { status: { resources } })
  await eventually(
    () => JSON.stringify(applications.get(namespace, 'one')?.object.status),
    (status) => status.includes('left-by-one'),
  )
  await scan()
  expect(woken.map(({ name }) => name)).toEqual(['two'])
  expect(lists).not.toContain('/api/v1/configmaps')
})

it('comes back after each interval until it is ended, also when it fails', async () => {
  let scans = 0
  const errors: unknown[] = []
  const end = startDailyScan({
    intervalMs: 5,
    onError: (error) => errors.push(error),
    scan: async () => {
      if (++scans === 1) throw new Error('away')
    },
  })
  await eventually(
    () => scans,
    (count) => count >= 3,
  )
  end()
  expect(errors).toHaveLength(1)
})
