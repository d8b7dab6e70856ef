import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster, DeletePropagation } from '../clients/kube/cluster.ts'
import type { KindName } from '../clients/kube/kind-watch.ts'
import { AdmissionDenied, NotFoundError } from '../core/errors.ts'
import type { ApplicationRef } from '../core/flow.ts'
import { keyOf, partsOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { isKeptOnDelete } from '../core/manifest/sync-option.ts'
import { applicationLabelKey, instanceName, isOwned } from '../core/manifest/tracking.ts'
import { hookFinalizer } from '../core/plan/hook.ts'
import { pruneOrder } from '../core/plan/prune-order.ts'
import { isResourcesFinalizer } from '../core/policy/decide.ts'
import { inventoryKinds } from '../core/status/inventory.ts'
import { followChanges } from './changes.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication, destinationOf } from './current.ts'

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

async function watchOwned(cluster: Cluster, { object, label }: StoredApplication): Promise<void> {
  const known = inventoryKinds(object)
  await cluster.watch(known.length > 0 ? known : await kindsInUse(cluster, label))
}

const parallelLists = 8

/**
 * An Application without an inventory may have objects all the same, when its worker died before the
 * first status was written: then every kind is asked for its label.
 */
async function kindsInUse(cluster: Cluster, label: string): Promise<readonly KindName[]> {
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
