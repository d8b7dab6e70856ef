import { Context } from '@temporalio/activity'
import pLimit from 'p-limit'
import type { Cluster } from '../clients/kube/cluster.ts'
import { ownedDigest } from '../core/diff/owned.ts'
import { NetworkError, PlatformError, SupersededError } from '../core/errors.ts'
import type {
  ApplicationRef,
  RenderedManifests,
  ResourceResult,
  SyncChange,
  SyncResult,
  SyncStep,
} from '../core/flow.ts'
import { partsOf, type ResourceKey, showKey } from '../core/manifest/key.ts'
import { hasSyncOption } from '../core/manifest/sync-option.ts'
import type { ActivityClients } from './clients.ts'
import { compareCached, watchKinds } from './compare.ts'
import { destinationOf, presentApplication } from './current.ts'
import { kindGuard, type RefuseForbiddenKind } from './permitted.ts'
import { type Desired, desiredByKey, readRendered } from './rendered.ts'
import { tryChanges } from './try-changes.ts'

export type SyncInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  readonly step: SyncStep
  readonly heal: boolean
  /** Whether the step is tried as a dry-run first; for plans of more steps `check` did it before. */
  readonly check?: boolean
}

const parallelWrites = 10

/**
 * Applies and prunes one wave in the order of the plan. Changes of one kind run in parallel, a
 * change of kind is a barrier (SYNC-07). After a refusal nothing further is begun.
 * Runs twice without harm: what is applied already is equal and is not written again.
 */
export function createSync(clients: ActivityClients) {
  return async ({ application: ref, rendered, step, check }: SyncInput): Promise<SyncResult> => {
    const current = await presentApplication(clients.applications, ref)
    const cluster = destinationOf(clients, current)
    const { objects, resources: declared } = await readRendered(clients.artifacts, rendered.digest)
    await watchKinds(cluster, declared)
    if (check === true) {
      const refused = await tryChanges(clients, current, objects, { changes: step.changes })
      if (refused.length > 0) return { resources: refused, refusedBeforehand: true }
    }
    const refuse = kindGuard(clients.applications, current)
    const writer = { refuse, cluster, desired: desiredByKey(declared) }
    // how the objects are after the write is looked at by the next step
    const resources = await clients.healthNews.attend(current.label, () =>
      writeInOrder(writer, step.changes),
    )
    return { resources }
  }
}

async function writeInOrder(writer: Writer, changes: readonly SyncChange[]) {
  const resources: ResourceResult[] = []
  for (const group of groupsOf(changes)) {
    const refused = resources.some(({ status }) => status === 'SyncFailed')
    if (refused) resources.push(...group.map(({ key }) => ({ key, status: 'NotReached' as const })))
    else resources.push(...(await writeGroup(writer, group)))
  }
  return resources
}

type Writer = {
  readonly refuse: RefuseForbiddenKind
  readonly cluster: Cluster
  readonly desired: ReadonlyMap<ResourceKey, Desired>
}

function groupsOf(changes: readonly SyncChange[]): readonly (readonly SyncChange[])[] {
  const groups: SyncChange[][] = []
  for (const change of changes) {
    const last = groups.at(-1)
    if (last?.[0] !== undefined && sameGroup(last[0], change)) last.push(change)
    else groups.push([change])
  }
  return groups
}

function sameGroup(a: SyncChange, b: SyncChange): boolean {
  const [left, right] = [partsOf(a.key), partsOf(b.key)]
  return (
    (a.action === 'prune') === (b.action === 'prune') &&
    left.group === right.group &&
    left.kind === right.kind
  )
}

async function writeGroup(writer: Writer, group: readonly SyncChange[]) {
  const limit = pLimit(parallelWrites)
  return await Promise.all(
    group.map((change) =>
      limit(async () => {
        const result = await writeOne(writer, change)
        Context.current().heartbeat(result.key)
        return result
      }),
    ),
  )
}

async function writeOne(writer: Writer, { key, action }: SyncChange): Promise<ResourceResult> {
  try {
    if (action === 'prune') return await prune(writer, key)
    writer.refuse(key)
    return action === 'namespace' ? await createNamespace(writer, key) : await apply(writer, key)
  } catch (error) {
    // an API server that is away is waited for; a refusal is a result
    if (error instanceof NetworkError || !(error instanceof PlatformError)) throw error
    return {
      key,
      status: 'SyncFailed',
      failure: error.name,
      message: `${showKey(key)}: ${error.message}`,
    }
  }
}

async function apply({ cluster, desired }: Writer, key: ResourceKey): Promise<ResourceResult> {
  const declared = desired.get(key)
  if (declared === undefined) throw new SupersededError(`${showKey(key)} is no longer declared`)
  const before = cluster.live.get(key)
  if (compareCached(cluster, declared, before).verdict === 'equal')
    return { key, status: 'Unchanged' }
  const applied = await cluster.apply(declared.manifest)
  cluster.settled.set(key, { desired: declared.digest, owned: ownedDigest(applied) })
  const unchanged = before?.metadata.resourceVersion === applied.metadata.resourceVersion
  return unchanged ? { key, status: 'Unchanged' } : { key, status: 'Synced' }
}

/** It is nobody's resource: without tracking it is never pruned, nor deleted with the application. */
async function createNamespace({ cluster }: Writer, key: ResourceKey): Promise<ResourceResult> {
  const { name } = partsOf(key)
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return { key, status: 'Synced', message: 'namespace created' }
}

async function prune({ cluster }: Writer, key: ResourceKey): Promise<ResourceResult> {
  const live = cluster.live.get(key)
  if (live === undefined || live.metadata.deletionTimestamp !== undefined)
    return { key, status: 'Pruned' }
  if (hasSyncOption(live, 'Prune=false')) {
    return { key, status: 'PruneSkipped', message: 'ignored (no prune)' }
  }
  cluster.settled.delete(key)
  await cluster.remove(live, 'Foreground')
  return { key, status: 'Pruned' }
}
