import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { AdoptMarks } from '../clients/kube/cluster-writes.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import { groupOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import {
  applicationLabelKey,
  claimedBy,
  isTrackable,
  type Marks,
  withTracking,
} from '../core/manifest/tracking.ts'
import { isHook } from '../core/plan/phase.ts'
import { type WriteWay, writeWayOf } from '../core/plan/write-way.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { declarableKinds, scanKinds } from './scan-kinds.ts'

type Found = ReadonlyMap<string, readonly Manifest[]>
type Listing = { readonly startedAt: number; readonly found: Promise<Found> }

// a burst of new Applications is answered by one listing
const sharedForMs = 10_000
const listings = new WeakMap<Cluster, (shared: boolean) => Promise<Found>>()

/**
 * On first sight of an Application, finds what Argo CD deployed for it: objects that carry its
 * tracking id and not our label. They get the label, and with it all that follows from being ours:
 * they are compared, shown, pruned and deleted with the Application; and what Argo CD owned of them
 * becomes ours, so that what is declared no more will be removed. Their content stays as it is.
 */
export async function adoptLeftBehind(
  { now, customizations }: Pick<ActivityClients, 'now' | 'customizations'>,
  cluster: Cluster,
  { application, object, label }: StoredApplication,
  instance: string,
): Promise<void> {
  if (statusOf(object).driftless?.rendered !== undefined) return
  const { marks } = customizations()
  const list = listings.get(cluster) ?? shareListings(cluster, now, () => customizations().marks)
  listings.set(cluster, list)
  // one that somebody else has deployed surely has objects, which may be younger than the last listing
  const isNew = Object.keys(object.status ?? {}).length === 0
  const left = (await list(isNew)).get(instance) ?? []
  await cluster.watch(left.map(({ apiVersion, kind }) => ({ group: groupOf(apiVersion), kind })))
  const tracking = { instance, label, marks }
  await Promise.all(
    left.map(async (one) => {
      const { labels = {}, annotations = {} } = withTracking(one, tracking).metadata
      await adopt(cluster, one, writeWayOf(application, one), { labels, annotations })
    }),
  )
}

async function adopt(
  cluster: Cluster,
  object: Manifest,
  way: WriteWay,
  marks: AdoptMarks,
): Promise<void> {
  try {
    await cluster.adopt(object, way, marks)
  } catch (error) {
    // gone since the listing, or another one has its name
    if (!(error instanceof NotFoundError || error instanceof ConflictError)) throw error
  }
}

/** One listing at a time; whoever comes while one runs, and may not share it, shares the next one. */
function shareListings(
  cluster: Cluster,
  now: () => number,
  marks: () => Marks,
): (shared: boolean) => Promise<Found> {
  let last: Listing | undefined
  let next: Promise<Found> | undefined
  const begin = (): Promise<Found> => {
    const listing = { startedAt: now(), found: listUnlabelled(cluster, marks()) }
    last = listing
    next = undefined
    listing.found.catch(() => {
      if (last === listing) last = undefined
    })
    return listing.found
  }
  return (shared) => {
    if (shared && last !== undefined && now() - last.startedAt < sharedForMs) return last.found
    next ??= (last?.found ?? Promise.resolve()).then(begin, begin)
    return next
  }
}

/** What is claimed and carries no label of ours, by instance. */
async function listUnlabelled(cluster: Cluster, marks: Marks): Promise<Found> {
  const found = new Map<string, Manifest[]>()
  const onObject = (object: Manifest): void => {
    const { name, namespace, uid } = object.metadata
    const instance = claimedBy(object, marks)
    if (instance === undefined || !isTrackable(object) || isHook(object)) return
    const of = found.get(instance) ?? []
    // kept for a while: no more of it than is needed
    found.set(instance, of)
    of.push({ ...object, metadata: { name, namespace, uid } as Manifest['metadata'] })
  }
  const labelSelector = `!${applicationLabelKey}`
  await scanKinds(cluster, { kinds: await declarableKinds(cluster), labelSelector, onObject })
  return found
}
