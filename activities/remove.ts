import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster, DeletePropagation } from '../clients/kube/cluster.ts'
import type { ApplicationRef } from '../core/flow.ts'
import { keyOf, partsOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { isKeptOnDelete } from '../core/manifest/sync-option.ts'
import { instanceName, isOwned } from '../core/manifest/tracking.ts'
import { hookFinalizer } from '../core/plan/hook.ts'
import { pruneOrder } from '../core/plan/prune-order.ts'
import { isResourcesFinalizer } from '../core/policy/decide.ts'
import { inventoryKinds } from '../core/status/inventory.ts'
import { followChanges } from './changes.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication, destinationOf } from './current.ts'
import { kindsInUse } from './kinds-in-use.ts'

export type RemoveInput = { readonly application: ApplicationRef }
export type Removed = { readonly remaining: number }

const patienceMs = 1_800

/**
 * `remove` deletes what the application owns, highest wave first (HIST-05), and says how much is
 * still there; CRDs and objects marked to be kept stay (HIST-08). `release` lets the Application go.
 */
export function createRemove(clients: ActivityClients) {
  return {
    async remove({ application: ref }: RemoveInput): Promise<Removed> {
      const current = await currentApplication(clients.applications, ref)
      if (current === undefined) return { remaining: 0 }
      const cluster = destinationOf(clients, current)
      await watchOwned(cluster, current)
      const instance = instanceName(ref.namespace, ref.name, clients.applications.namespace)
      const owned = () =>
        cluster.live
          .ofApplication(current.label)
          .filter((live) => isOwned(live, instance) && !isKeptOnDelete(live))
      const finalizers = current.object.metadata.finalizers ?? []
      const background = finalizers.some((name) => name.endsWith('/background'))
      const until = clients.now() + patienceMs
      const changes = followChanges(cluster, current.label)
      try {
        for (;;) {
          const left = owned()
          if (left.length === 0) return { remaining: 0 }
          await removeHighestWave(cluster, left, background ? 'Background' : 'Foreground')
          const patience = until - clients.now()
          if (patience <= 0) return { remaining: owned().length }
          await changes.next(patience)
        }
      } finally {
        changes.stop()
      }
    },

    async release({ application: ref }: RemoveInput): Promise<void> {
      const current = await currentApplication(clients.applications, ref)
      if (current === undefined) return
      const { finalizers = [], resourceVersion, uid } = current.object.metadata
      const kept = finalizers.filter((name) => !isResourcesFinalizer(name))
      if (kept.length === finalizers.length) return
      await clients.applications.patch(ref, {
        metadata: { finalizers: kept, resourceVersion, uid },
      })
    },
  }
}

/** An Application whose worker died before its first status was written has objects without an inventory. */
async function watchOwned(cluster: Cluster, { object, label }: StoredApplication): Promise<void> {
  const known = inventoryKinds(object)
  await cluster.watch(known.length > 0 ? known : await kindsInUse(cluster, label))
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

/** The next wave is begun when the one before is gone. */
async function removeHighestWave(
  cluster: Cluster,
  owned: readonly Manifest[],
  propagation: DeletePropagation,
): Promise<void> {
  const ordered = pruneOrder(owned)
  const wave = ordered
    .filter((one) => one.wave === ordered[0]?.wave)
    .map(({ manifest }) => manifest)
    .filter((live) => live.metadata.deletionTimestamp === undefined)
  for (const live of wave) cluster.settled.delete(keyOf(live))
  const kinds = [...new Set(wave.map(({ kind }) => kind))]
  for (const kind of kinds) {
    const ofKind = wave.filter((live) => partsOf(keyOf(live)).kind === kind)
    const how = ownNothing.has(kind) ? 'Background' : propagation
    await Promise.all(
      ofKind.map(async (live) => {
        // a hook that was cut off is still kept by our finalizer
        if (live.metadata.finalizers?.includes(hookFinalizer)) {
          await cluster.release(live, hookFinalizer)
        }
        await cluster.remove(live, how)
      }),
    )
  }
}
