import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { KindName } from '../clients/kube/kind-watch.ts'
import { groupOf, keyFrom, keyOf, type ResourceKey } from '../core/manifest/key.ts'
import {
  applicationLabelKey,
  instanceName,
  isOwned,
  isTrackable,
} from '../core/manifest/tracking.ts'
import { isHook } from '../core/plan/phase.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { type Here, isHere } from './current.ts'
import { lookForOrphans, type OrphanClients } from './orphans.ts'
import { scanKinds } from './scan-kinds.ts'

export type DailyScanClients = Pick<ActivityClients, 'applications' | 'wake' | 'now'> &
  Here &
  OrphanClients

/**
 * Finds what applications own and no inventory knows: kinds that nobody watches are listed once for
 * all applications together, and watched from then on when they hold anything of ours. What an
 * application has beyond its status is a drift; what nobody has is told where the project wants it (PROJ-07).
 */
export async function scanForUnknown(clients: DailyScanClients, cluster: Cluster): Promise<void> {
  await watchKindsInUse(clients, cluster)
  const here = clients.applications.all().filter((application) => isHere(clients, application))
  for (const application of here) {
    const keys = unknownTo(clients, cluster, application)
    if (keys.length === 0) continue
    await clients.wake(application.ref, { reason: 'drift', at: clients.now(), keys })
  }
  for (const { ref } of await lookForOrphans(clients, cluster, here)) {
    await clients.wake(ref, { reason: 'health', at: clients.now() })
  }
}

async function watchKindsInUse(
  { applications }: DailyScanClients,
  cluster: Cluster,
): Promise<void> {
  const all = await cluster.discovery.kinds()
  const inUse = new Map<string, KindName>()
  await scanKinds(cluster, {
    kinds: all.filter((kind) => !cluster.watches(kind)),
    labelSelector: applicationLabelKey,
    onObject: (object) => {
      const { [applicationLabelKey]: label = '' } = object.metadata.labels ?? {}
      const ref = applications.byLabel(label)?.ref
      // controllers copy labels: a kind of copies is not worth a watch
      if (ref === undefined || !isOwned(object, instanceName(ref, applications.namespace))) return
      const { apiVersion, kind } = object
      inUse.set(`${groupOf(apiVersion)}/${kind}`, { group: groupOf(apiVersion), kind })
    },
  })
  await cluster.watch([...inUse.values()])
}

/** Before its first comparison an application knows of nothing, and that is about to change. */
function unknownTo(
  { applications }: DailyScanClients,
  cluster: Cluster,
  { object, ref, label }: StoredApplication,
): readonly ResourceKey[] {
  const { driftless, resources = [] } = statusOf(object)
  if (driftless?.rendered === undefined) return []
  const known = new Set(
    resources.map(({ group = '', kind, namespace = '', name }) =>
      keyFrom({ group, kind, namespace, name }),
    ),
  )
  const instance = instanceName(ref, applications.namespace)
  return cluster.live
    .ofApplication(label)
    .filter((live) => isTrackable(live) && !isHook(live) && isOwned(live, instance))
    .map(keyOf)
    .filter((key) => !known.has(key))
}
