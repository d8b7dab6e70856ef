import { NotFoundError, UnknownKindError } from '../core/errors.ts'
import { keyFrom } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { ResourceStatus } from '../core/status/status.ts'
import type { ReadCluster } from './clients.ts'

/** The managed objects as the cluster has them now; those that are not there are left out. */
export async function readManaged(
  cluster: ReadCluster,
  resources: readonly ResourceStatus[],
): Promise<readonly Manifest[]> {
  const found = await Promise.all(resources.map((resource) => readOne(cluster, resource)))
  return found.flatMap((object) => object ?? [])
}

/** One managed object; undefined when it is not there. */
export async function readOne(
  cluster: ReadCluster,
  resource: Pick<ResourceStatus, 'group' | 'version' | 'kind' | 'namespace' | 'name'>,
): Promise<Manifest | undefined> {
  const { group = '', version, namespace = '' } = resource
  const apiVersion = group === '' ? version : `${group}/${version}`
  return await orNone(
    cluster.read(apiVersion, keyFrom({ ...resource, group, namespace })),
    undefined,
  )
}

const workloads = [
  { group: 'apps', kind: 'ReplicaSet' },
  { group: 'apps', kind: 'ControllerRevision' },
  { group: 'batch', kind: 'Job' },
  { group: '', kind: 'Pod' },
]
const endpoints = [
  { group: '', kind: 'Endpoints' },
  { group: 'discovery.k8s.io', kind: 'EndpointSlice' },
]
// kinds that never have children of their own
const childless = new Set([
  'ConfigMap',
  'Secret',
  'ServiceAccount',
  'Namespace',
  'Role',
  'RoleBinding',
])

/** What may have come of the managed objects, in their namespaces; most of it belongs to others. */
export async function readChildren(
  cluster: ReadCluster,
  resources: readonly ResourceStatus[],
): Promise<readonly Manifest[]> {
  const wanted = new Map<string, { group: string; kind: string; namespace: string }>()
  for (const { kind, namespace } of resources) {
    if (!namespace || childless.has(kind)) continue
    for (const child of kind === 'Service' ? endpoints : workloads) {
      wanted.set(`${child.kind}/${namespace}`, { ...child, namespace })
    }
  }
  const lists = await Promise.all(
    [...wanted.values()].map(async (child) => {
      const items = await orNone(cluster.list(child, child.namespace), [])
      const { group, version, kind } = await cluster.discovery.preferred(child.group, child.kind)
      // items of a list carry neither apiVersion nor kind
      const head = { apiVersion: group === '' ? version : `${group}/${version}`, kind }
      return items.map((item) => ({ ...item, ...head }))
    }),
  )
  return lists.flat()
}

async function orNone<T>(answer: Promise<T>, none: T): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof UnknownKindError || error instanceof NotFoundError) return none
    throw error
  }
}
