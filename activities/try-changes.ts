import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { NetworkError, PlatformError } from '../core/errors.ts'
import type { PlannedHook, ResourceResult, SyncChange } from '../core/flow.ts'
import { partsOf, type ResourceKey, showKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { type Brought, broughtBy, needsBrought } from '../core/plan/brought.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf } from './current.ts'
import { kindGuard, type RefuseForbiddenKind } from './permitted.ts'
import { refusedByQuota } from './quota.ts'
import { type Desired, desiredByKey } from './rendered.ts'

export type Planned = {
  readonly changes: readonly SyncChange[]
  readonly hooks?: readonly PlannedHook[]
}

const parallelDryRuns = 8

/**
 * Tries everything as a dry-run, and what it creates against the quotas, and returns all refusals
 * together (design §7). Not tried, since only
 * the apply itself can tell: what lives in a namespace or is of a kind that the plan brings, hooks
 * whose object is there already, and what a webhook refuses only because it is a dry-run.
 */
export async function tryChanges(
  clients: ActivityClients,
  current: StoredApplication,
  objects: readonly Desired[],
  { changes, hooks = [] }: Planned,
): Promise<readonly ResourceResult[]> {
  const cluster = destinationOf(clients, current)
  const byKey = desiredByKey(objects)
  const applied = changes.flatMap(({ key, action }) => {
    const desired = action === 'prune' ? undefined : byKey.get(key)
    return desired === undefined ? [] : [desired]
  })
  const hooked = hooks.flatMap(({ object }) => objects[object] ?? [])
  const brought = broughtByPlan(changes, byKey)
  const refuse = kindGuard(clients.applications, current)
  const limit = pLimit(parallelDryRuns)
  const tried = [...applied, ...hooked.filter(({ key }) => cluster.live.get(key) === undefined)]
  const results = await Promise.all(
    tried.map((desired) => limit(() => tryOne(refuse, cluster, desired, brought))),
  )
  const refused = results.flat()
  const creations = tried.filter(
    ({ key, manifest }) =>
      cluster.live.get(key) === undefined &&
      !needsBrought(manifest, brought) &&
      !refused.some((result) => result.key === key),
  )
  return [...refused, ...(await refusedByQuota(cluster, creations))]
}

function broughtByPlan(
  changes: readonly SyncChange[],
  byKey: ReadonlyMap<ResourceKey, Desired>,
): Brought {
  const created = changes.filter(({ action }) => action === 'create')
  const namespace = changes.find(({ action }) => action === 'namespace')
  const manifests = created.flatMap(({ key }) => byKey.get(key)?.manifest ?? [])
  return broughtBy(manifests, namespace && partsOf(namespace.key).name)
}

async function tryOne(
  refuse: RefuseForbiddenKind,
  cluster: Cluster,
  { key, manifest }: Desired,
  brought: Brought,
): Promise<readonly ResourceResult[]> {
  try {
    refuse(key)
    if (needsBrought(manifest, brought)) return []
    await cluster.dryRun(named(manifest))
    return []
  } catch (error) {
    // an API server that is away is waited for; a refusal is a result
    if (error instanceof NetworkError || !(error instanceof PlatformError)) throw error
    if (error.message.includes('does not support dry run')) return []
    const message = `${showKey(key)}: ${error.message}`
    return [{ key, status: 'SyncFailed', failure: error.name, message }]
  }
}

/** A dry-run needs a name; which one does not matter. */
function named(manifest: Manifest): Manifest {
  const { generateName, ...metadata } = manifest.metadata
  return generateName === undefined || metadata.name !== undefined
    ? manifest
    : { ...manifest, metadata: { ...metadata, name: `${generateName}try` } }
}
