import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { syncOption } from '../core/application.ts'
import { UnknownKindError } from '../core/errors.ts'
import type {
  ApplicationRef,
  Comparison,
  Hook,
  OperationRequest,
  RenderedManifests,
  ResourceDiff,
  SyncPlan,
} from '../core/flow.ts'
import { isIgnoredAsExtraneous } from '../core/manifest/compare-option.ts'
import { kindNameOf } from '../core/manifest/crd.ts'
import { keyOf, type ResourceKey, showKey } from '../core/manifest/key.ts'
import { instanceName, isTracked } from '../core/manifest/tracking.ts'
import { broughtBy } from '../core/plan/brought.ts'
import { isToBeConfirmed } from '../core/plan/confirmation.ts'
import { waveOf } from '../core/plan/order.ts'
import { isHook, phasesOf } from '../core/plan/phase.ts'
import { isPrunedLast, writeWayOf } from '../core/plan/write-way.ts'
import { inventoryKinds } from '../core/status/inventory.ts'
import type { ActivityClients } from './clients.ts'
import {
  compareCached,
  compareProven,
  leftovers,
  parallelDryRuns,
  type Row,
  watchKinds,
} from './compare.ts'
import { askedApplication, destinationOf } from './current.ts'
import { ignoringOf } from './ignore.ts'
import { keepForHooks } from './keep-for-hooks.ts'
import { kindsInUse } from './kinds-in-use.ts'
import { adoptLeftBehind } from './left-behind.ts'
import { lookForOrphans } from './orphans.ts'
import { isPermitted } from './permitted.ts'
import { createPlan, type Planning } from './plan.ts'
import { type Desired, readDesired } from './rendered.ts'

export type DiffInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  /** Ask the server where only it can tell; not needed where the apply itself follows and tells. */
  readonly prove: boolean
  /** Look for objects of the application in every kind, not only in those that it is known to have. */
  readonly scan?: boolean
  /** When given, the plan is made with it. */
  readonly planning?: Planning
}
/** What differs, and what will be done about it when that was asked. */
export type Diffed = Comparison & { readonly plan?: SyncPlan }

/** Compares the rendered manifests with the cluster; says what differs, never the values. */
export function createDiff(clients: ActivityClients) {
  const compare = createCompare(clients)
  const plan = createPlan(clients)
  return async ({ planning, ...input }: DiffInput): Promise<Diffed> => {
    const comparison = await compare(input, planning?.request)
    if (planning === undefined) return comparison
    const { application, rendered } = input
    return { ...comparison, plan: await plan({ application, rendered, comparison, ...planning }) }
  }
}

function createCompare(clients: ActivityClients) {
  return async (
    { application: ref, rendered, prove, scan }: DiffInput,
    request: OperationRequest | undefined,
  ): Promise<Comparison> => {
    const current = await askedApplication(clients.applications, ref, request)
    const cluster = destinationOf(clients, current)
    const { objects, resources: declared } = await readDesired(clients, rendered.digest, current)
    await keepForHooks(clients.applications, current, objects)
    await cluster.watch(inventoryKinds(current.object))
    if (scan === true) {
      await cluster.watch(await kindsInUse(cluster, current.label))
      await lookForOrphans(clients, cluster, [current])
    }
    const unknown = await watchKinds(cluster, objects)
    refuseUnknownKinds(current, objects, unknown)
    const instance = instanceName(ref, clients.applications.namespace)
    await adoptLeftBehind(clients, cluster, current, instance)
    const permitted = isPermitted(clients, current)
    const limit = pLimit(parallelDryRuns)
    const ignoring = ignoringOf(clients, current.application)
    const rows = await Promise.all(
      declared.map((desired) => {
        const ignore = ignoring(desired.manifest)
        // only the server can tell what an apply would change besides what is ignored
        const asks = prove || ignore !== undefined || !isTracked(desired.manifest)
        return asks && !unknown.has(kindNameOf(desired.manifest))
          ? limit(() => compareProven(cluster, desired, ignore))
          : compareCached(cluster, desired)
      }),
    )
    const prunes = leftovers(cluster, current, instance, declared)
      .filter(permitted)
      .map(
        (live): ResourceDiff => ({
          key: keyOf(live),
          action: 'prune',
          wave: waveOf(live),
          ...(isIgnoredAsExtraneous(live) && { extraneous: true as const }),
          ...(isPrunedLast(current.application, live) && { last: true as const }),
          ...(isToBeConfirmed(current.application, live, 'Prune') && { confirm: true as const }),
        }),
      )
    const changes = rows.filter(({ verdict }) => verdict !== 'equal')
    const namespaceToCreate = await missingNamespace(cluster, current, declared)
    return {
      equal: rows.length - changes.length,
      differences: [...changes.map(difference), ...prunes],
      hooks: hooksOf(objects),
      ...(namespaceToCreate !== undefined && { namespaceToCreate }),
    }
  }
}

function difference({ desired: { key, phase, wave }, verdict, fields }: Row): ResourceDiff {
  const turn = { key, wave, ...(phase !== 'Sync' && { phase }) }
  return verdict === 'missing'
    ? { ...turn, action: 'create' }
    : { ...turn, action: 'update', fields }
}

/** Hooks that only a deletion runs, or nobody, are none of a sync. */
function hooksOf(objects: readonly Desired[]): readonly Hook[] {
  return objects.flatMap(({ key, manifest, wave }, object) => {
    const phases = isHook(manifest)
      ? phasesOf(manifest).filter((phase) => phase !== 'PreDelete' && phase !== 'PostDelete')
      : []
    return phases.length === 0 ? [] : [{ object, key, phases, wave }]
  })
}

/** Read from the server: nobody watches namespaces that are no resources (SYNCP-08). */
async function missingNamespace(
  cluster: Cluster,
  { application }: StoredApplication,
  declared: readonly Desired[],
): Promise<string | undefined> {
  const { namespace } = application.spec.destination
  if (syncOption(application, 'CreateNamespace') !== 'true' || !namespace) return undefined
  const key: ResourceKey = `/Namespace//${namespace}`
  if (declared.some((desired) => desired.key === key)) return undefined
  return (await cluster.read('v1', key)) === undefined ? namespace : undefined
}

/**
 * A kind that the same revision brings by a CustomResourceDefinition will exist in time, and one
 * that may be unknown is brought by somebody else (OPT-06).
 */
function refuseUnknownKinds(
  { application }: StoredApplication,
  declared: readonly Desired[],
  unknown: ReadonlySet<string>,
): void {
  if (unknown.size === 0) return
  const { kinds: brought } = broughtBy(declared.map(({ manifest }) => manifest))
  const missing = declared.filter(({ manifest }) => {
    const name = kindNameOf(manifest)
    return (
      unknown.has(name) && !brought.has(name) && !writeWayOf(application, manifest).mayBeUnknown
    )
  })
  if (missing.length === 0) return
  const names = missing
    .map(({ key, manifest }) => `${showKey(key)} (${manifest.apiVersion})`)
    .join(', ')
  throw new UnknownKindError(
    `the cluster has no such kind: ${names}; install the CustomResourceDefinition or correct apiVersion and kind`,
  )
}
