import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { keyOf, type ResourceKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { instanceName, isOwned } from '../core/manifest/tracking.ts'
import { isConfirmed, isToBeConfirmed } from '../core/plan/confirmation.ts'
import { isKeptOnDelete } from '../core/plan/kept.ts'
import { inventoryKinds } from '../core/status/inventory.ts'
import { epochMs } from '../core/time.ts'
import type { ActivityClients } from './clients.ts'
import { kindsInUse } from './kinds-in-use.ts'
import { adoptLeftBehind } from './left-behind.ts'
import { isPermitted } from './permitted.ts'

/** Tells whenever it is asked what goes with the application (HIST-08), from watches that are up. */
export type OwnedObjects = () => readonly Manifest[]

/** Watches all that the application owns, also what Argo CD deployed for it. */
export async function followOwned(
  clients: ActivityClients,
  cluster: Cluster,
  current: StoredApplication,
): Promise<OwnedObjects> {
  const { ref, label, object, application } = current
  const known = inventoryKinds(object)
  // an Application whose worker died before its first status was written has objects without an inventory
  await cluster.watch(known.length > 0 ? known : await kindsInUse(cluster, label))
  const instance = instanceName(ref, clients.applications.namespace)
  // what Argo CD deployed is deleted too, although nothing of it was ever ours
  await adoptLeftBehind(clients, cluster, current, instance)
  // what the project does not permit is not deleted either (PROJ-18)
  const permitted = isPermitted(clients, current)
  // an Application that declares itself would wait for its own end
  const isItself = ({ metadata: { uid } }: Manifest) => uid === ref.uid
  return () =>
    cluster.live
      .ofApplication(label)
      .filter(
        (live) => isOwned(live, instance) && !isKeptOnDelete(application, live) && permitted(live),
      )
      .filter((live) => !isItself(live))
}

/**
 * What may only be deleted once a person confirmed the deletion of the application (OPT-04). Who
 * tells us of that may be ahead of our watch: the server is asked before anything is said to wait.
 */
export async function unconfirmedOf(
  { applications }: Pick<ActivityClients, 'applications'>,
  { ref, application, object }: StoredApplication,
  owned: readonly Manifest[],
): Promise<readonly ResourceKey[]> {
  const keys = owned.filter((live) => isToBeConfirmed(application, live, 'Delete')).map(keyOf)
  const since = epochMs(object.metadata.deletionTimestamp) ?? 0
  if (keys.length === 0 || isConfirmed(application, since)) return []
  const now = await applications.read(ref.namespace, ref.name)
  return now !== undefined && isConfirmed(now.application, since) ? [] : keys
}
