import type { StoredApplication } from '../clients/applications.ts'
import { syncOption } from '../core/application.ts'
import { compareObject } from '../core/diff/compare.ts'
import { isSameObject } from '../core/diff/same-object.ts'
import { PlatformError } from '../core/errors.ts'
import { groupOf, keyFrom, keyOf, partsOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { maskSecrets } from '../core/manifest/mask.ts'
import { type Brought, broughtBy, needsBrought } from '../core/plan/brought.ts'
import { isHook } from '../core/plan/phase.ts'
import { statusOf } from '../core/status/status.ts'
import type { ApiClients, ReadCluster } from './clients.ts'
import { readOne } from './live-objects.ts'

/** One managed object in Argo CD's shape (API-10); the states are JSON texts, `null` where there is none. */
export type ManagedResource = {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly targetState: string
  readonly liveState: string
  readonly normalizedLiveState: string
  readonly predictedLiveState: string
  readonly resourceVersion: string
  readonly modified: boolean
  readonly hook?: true
  /** Why the API server would not take the declared object. */
  readonly message?: string
}

type States = {
  readonly target: Manifest | undefined
  readonly live: Manifest | undefined
  /** What applying would make of it; undefined when it would be pruned. */
  readonly predicted: Manifest | undefined
  readonly message?: string
}

/**
 * Every declared object and every leftover beside what is live. What would change is the answer of the
 * API server to a dry run, so that defaults are no differences; values of Secrets are masked, equal
 * ones equally.
 */
export async function managedResources(
  clients: Pick<ApiClients, 'rendered'>,
  cluster: ReadCluster,
  stored: StoredApplication,
  revision?: string,
): Promise<readonly ManagedResource[]> {
  const { manifests } = await clients.rendered(stored, revision)
  const declared = new Set(manifests.map(keyOf))
  const { resources = [] } = statusOf(stored.object)
  const leftovers = resources.filter(
    (resource) =>
      resource.requiresPruning === true &&
      !declared.has(
        keyFrom({ ...resource, group: resource.group ?? '', namespace: resource.namespace ?? '' }),
      ),
  )
  const creates = syncOption(stored.application, 'CreateNamespace') === 'true'
  const { namespace } = stored.application.spec.destination
  const brought = broughtBy(manifests, creates ? namespace : undefined)
  const states = await Promise.all([
    ...manifests.map((target) => statesOf(cluster, target, brought)),
    ...leftovers.map(async (leftover): Promise<States> => {
      const live = await readOne(cluster, leftover)
      return { target: undefined, live, predicted: undefined }
    }),
  ])
  return states.flatMap(managedResource)
}

async function statesOf(cluster: ReadCluster, target: Manifest, brought: Brought): Promise<States> {
  const { kind, namespace, name } = partsOf(keyOf(target))
  const group = groupOf(target.apiVersion)
  const version = target.apiVersion.slice(group === '' ? 0 : group.length + 1)
  const live = await readOne(cluster, { group, version, kind, namespace, name })
  if (isHook(target)) return { target, live, predicted: live }
  if (compareObject(target, live).verdict === 'equal') return { target, live, predicted: live }
  try {
    return { target, live, predicted: await cluster.dryRun(target) }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    // before what it needs is there, nobody can say more than that it will be created
    const isEarly = live === undefined && needsBrought(target, brought)
    return { target, live, predicted: target, ...(!isEarly && { message: error.message }) }
  }
}

function managedResource({ target, live, predicted, message }: States): readonly ManagedResource[] {
  const [first] = [target, live].flatMap((state) => state ?? [])
  if (first === undefined) return []
  const isModified =
    live === undefined || predicted === undefined
      ? live !== predicted
      : !isSameObject(live, predicted)
  const masked = maskSecrets([target, live, predicted].flatMap((state) => state ?? []))
  const maskedOf = (state: Manifest | undefined): Manifest | undefined =>
    state === undefined
      ? undefined
      : masked[[target, live, predicted].flatMap((other) => other ?? []).indexOf(state)]
  return [
    {
      ...partsOf(keyOf(first)),
      targetState: text(maskedOf(target)),
      liveState: text(maskedOf(live)),
      normalizedLiveState: text(normal(maskedOf(live))),
      predictedLiveState: text(normal(maskedOf(predicted))),
      resourceVersion: live?.metadata.resourceVersion ?? '',
      modified: isModified,
      ...(target !== undefined && isHook(target) && { hook: true as const }),
      ...(message !== undefined && { message }),
    },
  ]
}

// a count of changes, which the API server keeps where everybody can see it
const counted = 'deprecated.daemonset.template.generation'

/** Without what the server and its controllers count, date and report by themselves (DIFF-09). */
function normal(state: Manifest | undefined): Manifest | undefined {
  if (state === undefined) return undefined
  const { status: _, metadata: all, ...declared } = state
  const { managedFields: __, resourceVersion: ___, generation: ____, ...metadata } = all
  const annotations = Object.entries(metadata.annotations ?? {}).filter(
    ([name]) => name !== counted,
  )
  return {
    ...declared,
    metadata: {
      ...metadata,
      ...(metadata.annotations !== undefined && { annotations: Object.fromEntries(annotations) }),
    },
  } as Manifest
}

function text(state: Manifest | undefined): string {
  return JSON.stringify(state ?? null)
}
