import type { Cluster } from '../clients/kube/cluster.ts'
import type { KindName } from '../clients/kube/kind-watch.ts'
import { groupOf } from '../core/manifest/key.ts'
import { applicationLabelKey } from '../core/manifest/tracking.ts'
import { scanKinds } from './scan-kinds.ts'

/**
 * The kinds of which the cluster holds objects with the application's label, whatever its inventory
 * says: every kind is asked, so this is for a hard refresh and for what nobody remembers.
 */
export async function kindsInUse(cluster: Cluster, label: string): Promise<readonly KindName[]> {
  const found = new Map<string, KindName>()
  await scanKinds(cluster, {
    kinds: await cluster.discovery.kinds(),
    labelSelector: `${applicationLabelKey}=${label}`,
    onObject: ({ apiVersion, kind }) => {
      const group = groupOf(apiVersion)
      found.set(`${group}/${kind}`, { group, kind })
    },
  })
  return [...found.values()]
}
