import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { ApplicationRef } from '../core/flow.ts'
import { keyOf, type ResourceKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { hookFinalizer } from '../core/plan/hook.ts'
import { pruneOrder } from '../core/plan/prune-order.ts'
import type { Propagation } from '../core/plan/write-way.ts'
import { followChanges } from './changes.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication, destinationOf } from './current.ts'
import { followOwned, unconfirmedOf } from './owned-objects.ts'
import { patienceMs } from './patience.ts'

export type RemoveInput = { readonly application: ApplicationRef }
export type Removed = {
  readonly remaining: number
  /** Set while a person has to confirm the deletion of these first: nothing is deleted. */
  readonly unconfirmed?: readonly ResourceKey[]
}

/**
 * `remove` deletes what the application owns, highest wave first (HIST-05), and says how much is
 * still there; CRDs and objects marked to be kept stay (HIST-08). `release` lets the Application go.
 */
export function createRemove(clients: ActivityClients) {
  return async ({ application: ref }: RemoveInput): Promise<Removed> => {
    const current = await currentApplication(clients.applications, ref)
    if (current === undefined) return { remaining: 0 }
    // CLUS-11: what nobody can reach any more does not hold the Application
    const { destination } = current.application.spec
    if (clients.clusters.placeOf(destination).kind === 'unknown') return { remaining: 0 }
    const cluster = destinationOf(clients, current)
    const owned = await followOwned(clients, cluster, current)
    const unconfirmed = await unconfirmedOf(clients, current, owned())
    if (unconfirmed.length > 0) return { remaining: owned().length, unconfirmed }
    const finalizers = current.object.metadata.finalizers ?? []
    const background = finalizers.some((name) => name.endsWith('/background'))
    const remover = createRemover(cluster, background ? 'Background' : 'Foreground')
    return await clients.healthNews.attend(current.label, async () => {
      const remaining = await removeAll(clients, cluster, current, remover, owned)
      // from here on the watch tells of the end of what is left
      if (remaining > 0) clients.healthNews.tell(current.label, '')
      return { remaining }
    })
  }
}

// objects of these kinds own none that are worth waiting for; Foreground would only cost the
// garbage collector a round per object
const ownNothing = new Set([
  'ConfigMap',
  'Secret',
  'Service',
  'ServiceAccount',
  'Ingress',
  'Role',
  'RoleBinding',
])

type Remover = (owned: readonly Manifest[]) => Promise<void>

/** Deletes the highest wave of what is left; the next wave is begun when the one before is gone. */
function createRemover(cluster: Cluster, propagation: Propagation): Remover {
  // the watch tells of a deletion later than its answer: nothing is asked for twice
  const asked = new Set<string>()
  const removeOne = async (live: Manifest): Promise<void> => {
    const { uid = '', finalizers } = live.metadata
    asked.add(uid)
    // a hook that was cut off is still kept by our finalizer
    if (finalizers?.includes(hookFinalizer)) await cluster.release(live, hookFinalizer)
    await cluster.remove(live, ownNothing.has(live.kind) ? 'Background' : propagation)
  }
  return async (owned) => {
    const ordered = pruneOrder(owned)
    const wave = ordered
      .filter((one) => one.wave === ordered[0]?.wave)
      .map(({ manifest }) => manifest)
      .filter(({ metadata: { deletionTimestamp, uid = '' } }) => {
        return deletionTimestamp === undefined && !asked.has(uid)
      })
    for (const live of wave) cluster.settled.delete(keyOf(live))
    for (const ofKind of Map.groupBy(wave, ({ kind }) => kind).values()) {
      await Promise.all(ofKind.map(removeOne))
    }
  }
}

/** How much is left when everything is gone, or patience is at its end. */
async function removeAll(
  { healthNews, now }: ActivityClients,
  cluster: Cluster,
  { label }: StoredApplication,
  remover: Remover,
  owned: () => readonly Manifest[],
): Promise<number> {
  const until = now() + patienceMs(healthNews)
  const changes = followChanges(cluster, label)
  try {
    for (;;) {
      const left = owned()
      if (left.length === 0) return 0
      await remover(left)
      const patience = until - now()
      if (patience <= 0) return owned().length
      await changes.next(patience)
    }
  } finally {
    changes.stop()
  }
}
