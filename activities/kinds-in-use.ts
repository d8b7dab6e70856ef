import pLimit from 'p-limit'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { KindName } from '../clients/kube/kind-watch.ts'
import { AdmissionDenied, NotFoundError } from '../core/errors.ts'
import { applicationLabelKey } from '../core/manifest/tracking.ts'

const parallelLists = 8

/**
 * The kinds of which the cluster holds objects with the application's label, whatever its inventory
 * says: every kind is asked, so this is for a hard refresh and for what nobody remembers.
 */
export async function kindsInUse(cluster: Cluster, label: string): Promise<readonly KindName[]> {
  const limit = pLimit(parallelLists)
  const found = await Promise.all(
    (await cluster.discovery.kinds()).map((kind) => limit(() => isInUse(cluster, kind, label))),
  )
  return found.flat()
}

async function isInUse(
  cluster: Cluster,
  kind: KindName,
  label: string,
): Promise<readonly KindName[]> {
  try {
    const objects = await cluster.list(kind, '', `${applicationLabelKey}=${label}`)
    return objects.length === 0 ? [] : [kind]
  } catch (error) {
    // a kind that can only be created, such as a review, has no list
    if (error instanceof NotFoundError || error instanceof AdmissionDenied) return []
    throw error
  }
}
