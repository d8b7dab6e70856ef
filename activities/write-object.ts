import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { ApplyOptions, ApplyProof } from '../clients/kube/cluster-writes.ts'
import { isToBeAdopted } from '../core/diff/adopt.ts'
import { AdmissionDenied, ConflictError, SupersededError } from '../core/errors.ts'
import type { ResourceResult } from '../core/flow.ts'
import { kindBroughtBy, servedByCrd } from '../core/manifest/crd.ts'
import { keyOf, partsOf, type ResourceKey, showKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { isKeptFromPrune } from '../core/plan/kept.ts'
import { prunePropagation, type WriteWay, writeWayOf } from '../core/plan/write-way.ts'
import { followChanges } from './changes.ts'
import { compareCached } from './compare.ts'
import type { Respecting } from './ignore.ts'
import type { Desired } from './rendered.ts'

/** What the writes of one step share. */
export type Writer = {
  readonly cluster: Cluster
  readonly current: StoredApplication
  /** Epoch ms. */
  readonly now: () => number
  readonly desired: ReadonlyMap<ResourceKey, Desired>
  readonly respect: Respecting
}

/**
 * Brings one object to what is declared, in the way that its sync options ask for. What is equal is
 * not written; done again after a death of the process it goes on where the object stands.
 */
export async function applyObject(writer: Writer, key: ResourceKey): Promise<ResourceResult> {
  const { cluster, current } = writer
  const declared = writer.desired.get(key)
  if (declared === undefined) throw new SupersededError(`${showKey(key)} is no longer declared`)
  const before = cluster.live.get(key)
  const { manifest, ignored } = await writer.respect(declared.manifest, before)
  if (compareCached(cluster, declared, ignored, before).verdict === 'equal') {
    return { key, status: 'Unchanged' }
  }
  const way = writeWayOf(current.application, declared.manifest, before)
  const proof = { digest: declared.digest, ...(ignored !== undefined && { ignored }) }
  const declaredNow = { manifest, proof }
  const first = await write(writer, declaredNow, way, before)
  const isLate = before === undefined && isToBeAdopted(first, way)
  const applied = isLate ? await write(writer, declaredNow, way, first) : first
  if (kindBroughtBy(applied) !== undefined) {
    // its objects come next; that it is not served in time is told by them
    await cluster.discovery.appear(servedByCrd(applied), servedMs)
  }
  const unchanged = before?.metadata.resourceVersion === applied.metadata.resourceVersion
  return unchanged ? { key, status: 'Unchanged' } : { key, status: 'Synced' }
}

async function write(
  writer: Writer,
  { manifest: desired, proof }: { readonly manifest: Manifest; readonly proof: ApplyProof },
  way: WriteWay,
  live: Manifest | undefined,
): Promise<Manifest> {
  const { cluster } = writer
  const { replace, force, validate, clientSide } = way
  const validation = validate ? 'Strict' : 'Ignore'
  const options = { validation, proof, clientSide } as const
  if (live === undefined) return await cluster.apply(desired, options)
  // else what is declared no more would stay theirs, and live for ever
  if (isToBeAdopted(live, way)) await cluster.adopt(live, way)
  if (replace && force) return await remake(writer, desired, live, options)
  try {
    // the apply after it takes the fields over; it changes nothing any more
    if (replace) await cluster.replace(desired, live, validation)
    return await cluster.apply(desired, options)
  } catch (error) {
    if (!force || !(error instanceof AdmissionDenied)) throw error
    return await remake(writer, desired, live, options)
  }
}

const goneMs = 60_000
const servedMs = 30_000

/** Deletes the object with what it owns, waits until it is gone, and makes it anew (OPT-11). */
async function remake(
  { cluster, current, now }: Writer,
  desired: Manifest,
  live: Manifest,
  options: ApplyOptions,
): Promise<Manifest> {
  const { uid } = live.metadata
  const key = keyOf(live)
  const until = now() + goneMs
  const changes = followChanges(cluster, current.label)
  try {
    cluster.settled.delete(key)
    await cluster.remove(live, 'Background')
    while (cluster.live.get(key)?.metadata.uid === uid) {
      const left = until - now()
      if (left <= 0) {
        const finalizers = cluster.live.get(key)?.metadata.finalizers ?? []
        throw new ConflictError(
          `it is to be made anew, but is not gone after ${goneMs / 1000} s; finalizers: ${finalizers.join(', ') || 'none'}`,
        )
      }
      await changes.next(left)
    }
  } finally {
    changes.stop()
  }
  return await cluster.apply(desired, options)
}

/** It is nobody's resource: without tracking it is never pruned, nor deleted with the application. */
export async function createNamespace(
  { cluster }: Writer,
  key: ResourceKey,
): Promise<ResourceResult> {
  const { name } = partsOf(key)
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return { key, status: 'Synced', message: 'namespace created' }
}

/** Deletes what is no longer declared; what is to be kept is not (OPT-01, HELM-20). */
export async function pruneObject(
  { cluster, current }: Writer,
  key: ResourceKey,
): Promise<ResourceResult> {
  const live = cluster.live.get(key)
  if (live === undefined || live.metadata.deletionTimestamp !== undefined)
    return { key, status: 'Pruned' }
  if (isKeptFromPrune(current.application, live)) {
    return { key, status: 'PruneSkipped', message: 'ignored (no prune)' }
  }
  cluster.settled.delete(key)
  await cluster.remove(live, prunePropagation(current.application))
  return { key, status: 'Pruned' }
}
