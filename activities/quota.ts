import type { Cluster } from '../clients/kube/cluster.ts'
import type { ResourceResult } from '../core/flow.ts'
import { showKey } from '../core/manifest/key.ts'
import { demandOf, overQuota } from '../core/plan/quota.ts'
import type { Desired } from './rendered.ts'

const quotaKind = { group: '', kind: 'ResourceQuota' }

/** Refusals of objects that are accepted one by one and find no room together (design §7). */
export async function refusedByQuota(
  cluster: Cluster,
  creations: readonly Desired[],
): Promise<readonly ResourceResult[]> {
  const inNamespaces = creations.filter(({ manifest }) => manifest.metadata.namespace !== undefined)
  const groups = Map.groupBy(inNamespaces, ({ manifest }) => manifest.metadata.namespace ?? '')
  const refused = await Promise.all(
    [...groups].map(async ([namespace, members]) => {
      // the dry-run of a single object has said all about it
      if (members.length < 2) return []
      const quotas = await cluster.list(quotaKind, namespace)
      if (quotas.length === 0) return []
      const demands = await Promise.all(
        members.map(async ({ key, manifest }) => {
          const { plural } = await cluster.discovery.resource(manifest.apiVersion, manifest.kind)
          return { key, demand: demandOf(manifest, plural) }
        }),
      )
      return overQuota(demands, quotas)
    }),
  )
  return refused.flat().map(({ key, message }) => ({
    ...{ key, status: 'SyncFailed', failure: 'QuotaExceeded' },
    message: `${showKey(key)}: ${message}`,
  }))
}
