import type { StoredApplication } from '../clients/applications.ts'
import { syncOption } from '../core/application.ts'
import { compareObject } from '../core/diff/compare.ts'
import { comparable, type IgnoreRule, ignoreRulesOf, rulesFor } from '../core/diff/ignore.ts'
import { isSameObject } from '../core/diff/same-object.ts'
import { PlatformError } from '../core/errors.ts'
import { groupOf, keyFrom, keyOf, partsOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { maskSecrets } from '../core/manifest/mask.ts'
import { type Brought, broughtBy, needsBrought } from '../core/plan/brought.ts'
import { isHook } from '../core/plan/phase.ts'
import { isClientSide } from '../core/plan/write-way.ts'
import { statusOf } from '../core/status/status.ts'
import type { ApiClients, ReadCluster, UserRules } from './clients.ts'
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
  /** The two of them as they are compared: without what is ignored (DIFF-04 to DIFF-11). */
  readonly compared?: Pick<States, 'live' | 'predicted'>
  readonly message?: string
}

/**
 * Every declared object and every leftover beside what is live. What would change is the answer of the
 * API server to a dry run, so that defaults are no differences; values of Secrets are masked, equal
 * ones equally.
 */
export async function managedResources(
  { rendered, rules }: Pick<ApiClients, 'rendered' | 'rules'>,
  cluster: ReadCluster,
  stored: StoredApplication,
  revision?: string,
): Promise<readonly ManagedResource[]> {
  const { manifests } = await rendered(stored, revision)
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
    ...manifests.map((target) => {
      const clientSide = isClientSide(stored.application, target)
      return statesOf(cluster, target, { brought, clientSide })
    }),
    ...leftovers.map(async (leftover): Promise<States> => {
      const live = await readOne(cluster, leftover)
      return { target: undefined, live, predicted: undefined }
    }),
  ])
  const { ignore, hiddenAnnotations } = rules.customizations()
  const ignored = ignoreRulesOf(ignore, stored.application)
  const compared = await Promise.all(states.map((one) => withCompared(one, ignored, rules.jq)))
  return compared.flatMap((one) => managedResource(one, hiddenAnnotations))
}

async function withCompared(
  states: States,
  all: readonly IgnoreRule[],
  jq: UserRules['jq'],
): Promise<States> {
  const { live, predicted } = states
  const rules = live === undefined ? [] : rulesFor(all, live)
  if (live === undefined || predicted === undefined || rules.length === 0) return states
  const strip = (object: Manifest) => comparable(object, live, rules, jq.run)
  return { ...states, compared: { live: await strip(live), predicted: await strip(predicted) } }
}

async function statesOf(
  cluster: ReadCluster,
  target: Manifest,
  { brought, clientSide }: { readonly brought: Brought; readonly clientSide: boolean },
): Promise<States> {
  const { kind, namespace, name } = partsOf(keyOf(target))
  const group = groupOf(target.apiVersion)
  const version = target.apiVersion.slice(group === '' ? 0 : group.length + 1)
  const live = await readOne(cluster, { group, version, kind, namespace, name })
  if (isHook(target)) return { target, live, predicted: live }
  if (compareObject(target, live).verdict === 'equal') return { target, live, predicted: live }
  try {
    return { target, live, predicted: await cluster.dryRun(target, { clientSide }) }
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error
    // before what it needs is there, nobody can say more than that it will be created
    const isEarly = live === undefined && needsBrought(target, brought)
    return { target, live, predicted: target, ...(!isEarly && { message: error.message }) }
  }
}

function managedResource(states: States, hidden: readonly string[]): readonly ManagedResource[] {
  const { target, live, predicted, message } = states
  const { compared = states } = states
  const [first] = [target, live].flatMap((state) => state ?? [])
  if (first === undefined) return []
  const isModified =
    compared.live === undefined || compared.predicted === undefined
      ? live !== predicted
      : !isSameObject(compared.live, compared.predicted)
  const shown = [target, live, compared.live, compared.predicted]
  const present = shown.flatMap((state) => state ?? [])
  const masked = maskSecrets(present, hidden)
  const [maskedTarget, maskedLive, comparedLive, comparedPrediction] = shown.map((state) =>
    state === undefined ? undefined : masked[present.indexOf(state)],
  )
  return [
    {
      ...partsOf(keyOf(first)),
      targetState: text(maskedTarget),
      liveState: text(maskedLive),
      normalizedLiveState: text(normal(comparedLive)),
      predictedLiveState: text(normal(comparedPrediction)),
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
