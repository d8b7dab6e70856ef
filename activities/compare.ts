import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { compareObject } from '../core/diff/compare.ts'
import { isClientSide } from '../core/diff/managers.ts'
import { holds, type Proof, proofOf, proofOfMissing } from '../core/diff/proof.ts'
import { isSameObject } from '../core/diff/same-object.ts'
import { AdmissionDenied, QuotaExceeded } from '../core/errors.ts'
import { groupOf, keyOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { isOwned, isTracked } from '../core/manifest/tracking.ts'
import { isHook } from '../core/plan/phase.ts'
import type { Ignore, Ignoring } from './ignore.ts'
import type { Desired } from './rendered.ts'

/** One declared object beside the live one; `unproven` means that only the server could tell. */
export type Row = {
  readonly desired: Desired
  readonly live: Manifest | undefined
  readonly verdict: 'equal' | 'missing' | 'different' | 'unproven'
  readonly fields: readonly string[]
}

/** Watches every kind that is declared; the kinds that the cluster does not serve are returned. */
export async function watchKinds(
  cluster: Cluster,
  all: readonly Desired[],
): Promise<ReadonlySet<string>> {
  const kinds = new Map(
    all.map(({ manifest: { apiVersion, kind } }) => {
      const name = { group: groupOf(apiVersion), kind }
      return [`${name.group}/${kind}`, name]
    }),
  )
  const unknown = await cluster.watch([...kinds.values()])
  return new Set(unknown.map(({ group, kind }) => `${group}/${kind}`))
}

/**
 * Compares without asking the server: what is proven once stays proven while our fields stay. What
 * was proven without fields that are ignored counts where the same are `ignored`.
 */
export function compareCached(
  cluster: Cluster,
  desired: Desired,
  ignored?: string,
  live = cluster.live.get(desired.key),
): Row {
  const proof = usable(cluster.settled.get(desired.key), ignored)
  if (live === undefined) {
    // what carries no label is in no watch: the last proof is all there is until it is read again
    const proven = !isTracked(desired.manifest) && proof?.desired === desired.digest
    return { desired, live, verdict: proven ? 'equal' : 'missing', fields: [] }
  }
  if (proof?.desired === desired.digest && holds(proof, live)) {
    return { desired, live, verdict: 'equal', fields: [] }
  }
  const found = compareObject(desired.manifest, live)
  if (found.verdict === 'equal') cluster.settled.set(desired.key, proofOf(desired, live))
  return { desired, live, verdict: found.verdict, fields: 'fields' in found ? found.fields : [] }
}

/** A proof of equality, if it holds for what is ignored now. */
function usable(known: Proof | undefined, ignored: string | undefined): Proof | undefined {
  if (known?.differs === true) return undefined
  return known?.ignored === undefined || known.ignored === ignored ? known : undefined
}

/**
 * Compares for certain. What looks missing is read by key; what cannot be proven is applied as a
 * dry-run, and what the server would not change is no difference.
 */
export async function compareProven(
  cluster: Cluster,
  desired: Desired,
  ignore?: Ignore,
  looks = maxLooks,
): Promise<Row> {
  // what carries no label is in no watch: only the server knows it
  const isWatched = isTracked(desired.manifest)
  const known = isWatched ? cluster.live.get(desired.key) : undefined
  const live = known ?? (await cluster.refresh(desired.manifest.apiVersion, desired.key))
  const row = compareCached(cluster, desired, ignore?.id, live)
  if (row.verdict === 'missing' && isWatched) {
    cluster.settled.set(desired.key, proofOfMissing(desired.digest))
  }
  if (row.verdict !== 'unproven' || live === undefined) return row
  const proof = await prove(cluster, desired, ignore, live)
  // until there is a proof nobody is told of what somebody writes to our fields
  const now = isWatched ? cluster.live.get(desired.key) : live
  if (now === undefined || !holds(proof, now)) {
    return looks > 1
      ? await compareProven(cluster, desired, ignore, looks - 1)
      : { ...row, verdict: 'different' }
  }
  cluster.settled.set(desired.key, proof)
  return proof.differs ? { ...row, verdict: 'different' } : { ...row, verdict: 'equal', fields: [] }
}

const maxLooks = 3
/** How many dry-runs of one application are under way at once. */
export const parallelDryRuns = 8

/**
 * Makes sure that what is known of these objects was read by whoever holds the cluster now: a worker
 * that took it in the middle of an operation has seen none of them, and proven nothing.
 */
export async function knowAll(
  cluster: Cluster,
  all: readonly Desired[],
  ignoring: Ignoring,
): Promise<void> {
  await watchKinds(cluster, all)
  const limit = pLimit(parallelDryRuns)
  await Promise.all(
    all.map(async (desired) => {
      const ignore = ignoring(desired.manifest)
      const { verdict } = compareCached(cluster, desired, ignore?.id)
      if (verdict === 'unproven') await limit(() => compareProven(cluster, desired, ignore))
    }),
  )
}

/** The proof whether applying would change anything of this state; what is refused differs. */
async function prove(
  cluster: Cluster,
  desired: Desired,
  ignore: Ignore | undefined,
  live: Manifest,
): Promise<Proof> {
  const { clientSide = false } = desired
  const applied = await unlessRefused(cluster.dryRun(desired.manifest, { clientSide }))
  const there = await inVersionOf(cluster, desired, live)
  // what we applied on the client's side is only ours to take back once it was applied in our way
  const isOurs = clientSide || !isClientSide(live)
  const isKnown = isOurs && applied !== undefined && there !== undefined
  const same = isKnown && isSameObject(applied, there)
  const isSame = same || (isKnown && (await isSameBesides(cluster, ignore, applied, there)))
  return proofOf(
    {
      ...{ digest: desired.digest, manifest: desired.manifest, differs: !isSame },
      ...(!same && ignore !== undefined && { ignored: ignore.id }),
      ...(ignore !== undefined && {
        compared: await ignore.strip(desired.manifest, there ?? live),
      }),
    },
    live,
  )
}

/** The watch may show an object in another version of its kind than the one that is declared. */
async function inVersionOf(
  cluster: Cluster,
  { key, manifest: { apiVersion } }: Desired,
  live: Manifest,
): Promise<Manifest | undefined> {
  return live.apiVersion === apiVersion ? live : await cluster.read(apiVersion, key)
}

/** DIFF-04 to DIFF-06: the two states without what is ignored of them. */
async function isSameBesides(
  cluster: Cluster,
  ignore: Ignore | undefined,
  applied: Manifest,
  live: Manifest,
): Promise<boolean> {
  if (ignore === undefined) return false
  const owners = ignore.byOwner ? await cluster.read(live.apiVersion, keyOf(live)) : live
  if (owners === undefined) return false
  return isSameObject(await ignore.strip(applied, owners), await ignore.strip(live, owners))
}

/** What the server refuses to become what is declared is not equal; why is told by the sync. */
async function unlessRefused(answer: Promise<Manifest>): Promise<Manifest | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof AdmissionDenied || error instanceof QuotaExceeded) return undefined
    throw error
  }
}

/** Live objects that are the application's and no longer declared (TRACK-01, -04, -07, -08). */
export function leftovers(
  cluster: Cluster,
  { label }: Pick<StoredApplication, 'label'>,
  instance: string,
  declared: readonly Desired[],
): readonly Manifest[] {
  const keys = new Set(declared.map(({ key }) => key))
  return cluster.live
    .ofApplication(label)
    .filter((live) => !keys.has(keyOf(live)) && !isHook(live) && isOwned(live, instance))
}
