import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { isToBeAdopted } from '../core/diff/adopt.ts'
import { ConflictError, NetworkError, PlatformError, UnknownKindError } from '../core/errors.ts'
import type { PlannedHook, ResourceResult, SyncChange } from '../core/flow.ts'
import { keyOf, partsOf, type ResourceKey, showKey } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { instanceName, instanceOf } from '../core/manifest/tracking.ts'
import { isNotice, readNotice } from '../core/notification/announcement.ts'
import { type Brought, broughtBy, needsBrought } from '../core/plan/brought.ts'
import { failsOnShared, remedyFor, writeWayOf } from '../core/plan/write-way.ts'
import type { ActivityClients } from './clients.ts'
import { parallelDryRuns } from './compare.ts'
import { destinationOf } from './current.ts'
import { type Respecting, respectingOf } from './ignore.ts'
import { objectGuard, type RefuseForbidden } from './permitted.ts'
import { refusedByQuota } from './quota.ts'
import { type Desired, desiredByKey } from './rendered.ts'

export type Planned = {
  readonly changes: readonly SyncChange[]
  readonly hooks?: readonly PlannedHook[]
}

/**
 * Tries everything as a dry-run, and what it creates against the quotas, and returns all refusals
 * together (design §7). Not tried, since only
 * the apply itself can tell: what lives in a namespace or is of a kind that the plan brings, hooks
 * whose object is there already, what is replaced or may be made anew, and what a webhook refuses
 * only because it is a dry-run. Of a notice only its text is tried.
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
  const refuse = objectGuard(clients, current)
  const limit = pLimit(parallelDryRuns)
  const instance = instanceName(current.ref, clients.applications.namespace)
  const respect = respectingOf(clients, cluster, current.application)
  const trial = { refuse, cluster, current, brought, instance, respect }
  const tried = [...applied, ...hooked.filter(({ key }) => cluster.live.get(key) === undefined)]
  const results = await Promise.all(tried.map((desired) => limit(() => tryOne(trial, desired))))
  const refused = results.flat()
  const creations = tried.filter(
    ({ key, manifest }) =>
      !isNotice(manifest) &&
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

type Trial = {
  readonly refuse: RefuseForbidden
  readonly cluster: Cluster
  readonly current: StoredApplication
  readonly brought: Brought
  /** How the application is named in tracking ids. */
  readonly instance: string
  readonly respect: Respecting
}

async function tryOne(trial: Trial, desired: Desired): Promise<readonly ResourceResult[]> {
  const { key, manifest } = desired
  try {
    if (isNotice(manifest)) {
      readNotice(manifest)
      return []
    }
    trial.refuse(key)
    if (failsOnShared(trial.current.application)) await refuseShared(trial, desired)
    await dryRun(trial, manifest)
    return []
  } catch (error) {
    // an API server that is away is waited for; a refusal is a result
    if (error instanceof NetworkError || !(error instanceof PlatformError)) throw error
    if (error.message.includes('does not support dry run')) return []
    return [refusalOf(key, error)]
  }
}

/** What the API server or we ourselves do not let in, with a way out where there is one. */
export function refusalOf(key: ResourceKey, { name, message }: PlatformError): ResourceResult {
  const text = `${showKey(key)}: ${message}${remedyFor(message)}`
  return { key, status: 'SyncFailed', failure: name, message: text }
}

/** What is replaced or made anew may break rules that only hold for changes (design §7). */
async function dryRun(trial: Trial, declared: Manifest): Promise<void> {
  const { cluster, current, brought, respect } = trial
  const live = cluster.live.get(keyOf(declared))
  const way = writeWayOf(current.application, declared, live)
  if (needsBrought(declared, brought) || ((way.replace || way.force) && live !== undefined)) return
  const { manifest } = await respect(declared, live)
  try {
    const { validate, clientSide } = way
    const validation = validate ? 'Strict' : 'Ignore'
    const tried = await cluster.dryRun(named(manifest), { validation, clientSide })
    // it is there, and in no watch: whoever writes it has to know who applied it
    if (live === undefined && isToBeAdopted(tried, way))
      await cluster.refresh(manifest.apiVersion, keyOf(manifest))
  } catch (error) {
    if (!(error instanceof UnknownKindError) || !way.mayBeUnknown) throw error
  }
}

/** OPT-14; asked of the server, since what Argo CD tracks need not have our label. */
async function refuseShared(
  { cluster, instance }: Trial,
  { key, manifest }: Desired,
): Promise<void> {
  const live = await cluster.read(manifest.apiVersion, key)
  const owner = live && instanceOf(live)
  if (owner === undefined || owner === instance) return
  throw new ConflictError(
    `Shared resource found: it is part of the application ${owner}; take it out of one of the two`,
  )
}

/** A dry-run needs a name; which one does not matter. */
function named(manifest: Manifest): Manifest {
  const { generateName, ...metadata } = manifest.metadata
  return generateName === undefined || metadata.name !== undefined
    ? manifest
    : { ...manifest, metadata: { ...metadata, name: `${generateName}try` } }
}
