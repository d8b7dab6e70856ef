import pLimit from 'p-limit'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { KindName } from '../clients/kube/kind-watch.ts'
import { AdmissionDenied, NotFoundError, PermissionError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'

export type Scan = {
  readonly kinds: readonly KindName[]
  readonly labelSelector?: string
  /** All of them when there is none. */
  readonly namespace?: string
  readonly onObject: (object: Manifest) => void
}

// what the cluster writes for itself, much and often, and what an adapter makes up when it is asked
const notDeclared = new Set(['Event', 'Endpoints', 'EndpointSlice', 'Lease', 'Node'])
const madeUp = /(^|\.)metrics\.k8s\.io$/
const parallelLists = 8

/** The kinds that Applications may have objects of. */
export async function declarableKinds(cluster: Cluster): Promise<readonly KindName[]> {
  const kinds = await cluster.discovery.kinds()
  return kinds.filter(({ group, kind }) => !notDeclared.has(kind) && !madeUp.test(group))
}

/** Asks for the metadata of all objects of these kinds, once per kind. */
export async function scanKinds(cluster: Cluster, scan: Scan): Promise<void> {
  const limit = pLimit(parallelLists)
  await Promise.all(scan.kinds.map((kind) => limit(() => scanKind(cluster, kind, scan))))
}

async function scanKind(
  cluster: Cluster,
  kind: KindName,
  { labelSelector, namespace, onObject }: Scan,
): Promise<void> {
  try {
    const found = cluster.listMetadata(kind, { labelSelector, namespace })
    for await (const object of found) onObject(object)
  } catch (error) {
    // a kind that can only be created, such as a review, has no list; what we may not read we have not made
    if (error instanceof NotFoundError || error instanceof AdmissionDenied) return
    if (error instanceof PermissionError) return
    throw error
  }
}
