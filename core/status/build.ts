import type { Application } from '../application.ts'
import type { StatusReport } from '../flow.ts'
import type { HealthStatus } from '../health/health.ts'
import { keyFrom, type ResourceKey } from '../manifest/key.ts'
import { rfc3339 } from '../time.ts'
import type { ApplicationHealth } from './application-health.ts'
import { conditionsOf, type Found } from './conditions.ts'
import { deployedAfter, withReverted } from './deployed.ts'
import { troubledSince } from './grace.ts'
import { historyAfter, keptOf, withVerdict } from './history.ts'
import { holdAfter } from './hold.ts'
import { operationStateOf, sourcesJson } from './operation-state.ts'
import { attemptAfter, failureAfter, healsAfter } from './own.ts'
import type { Deployed } from './rollback-state.ts'
import type { ApplicationStatus, ResourceStatus } from './status.ts'
import { syncStatus } from './sync-status.ts'

export type StatusInput = Found & {
  readonly application: Application
  readonly previous: ApplicationStatus
  readonly report: StatusReport
  /** See core/policy/watch-digest.ts. */
  readonly observed: string
  /** The declared and leftover objects as they are now; undefined when the desired state is not known. */
  readonly resources: readonly ResourceStatus[] | undefined
  /** Those that do not count once they are leftovers (AUTO-18). */
  readonly extraneous?: ReadonlySet<ResourceKey>
  readonly images: readonly string[]
  readonly health: ApplicationHealth
}

/**
 * `Application.status` after a report: what is declared beside what is live, in Argo CD's shape.
 * While the desired state is not known, the last known resources stay and are shown (AUTO-17).
 */
export function buildStatus(input: StatusInput): ApplicationStatus {
  const { application, previous, report, resources } = input
  const at = rfc3339(report.at)
  const operationState = operationStateOf(application, report, previous.operationState)
  const again = isCounted(previous, report)
  const sync = syncOf(input)
  const health = healthOf(input, at)
  const deployed = deployedAfter(previous, report)
  const rollbacks = withReverted(previous.driftless?.rollbacks, report)
  const hold = holdAfter(application, previous, report, sync.status)
  return {
    sync,
    health,
    ...(operationState !== undefined && { operationState }),
    history: historyOf(input, deployed, health.status),
    conditions: conditionsOf(previous, report, {
      ...input,
      unreverted: hold && rollbacks?.at(-1)?.reverted?.givenUp,
    }),
    resources: resources ?? previous.resources ?? [],
    summary: input.images.length > 0 ? { images: input.images } : (previous.summary ?? {}),
    ...sourceTypesOf(previous, report),
    reconciledAt: at,
    driftless: {
      sequence: report.sequence,
      specDigest: report.specDigest,
      observed: input.observed,
      ...definedOf({
        inputs: report.rendered?.inputs ?? previous.driftless?.inputs,
        rendered: report.rendered?.digest ?? previous.driftless?.rendered,
        lastAttempt: attemptAfter(previous, report),
        troubledSince: troubledSince(previous, report),
        ended: endOf(report) ?? previous.driftless?.ended,
        heals: again ? previous.driftless?.heals : healsAfter(previous, report),
        hold,
        deployed,
        rollbacks,
        failure: failureAfter(previous, report),
      }),
    },
  }
}

function historyOf(
  { application, previous, report }: StatusInput,
  deployed: Deployed | undefined,
  health: HealthStatus,
) {
  const before = previous.history ?? []
  const counted = isCounted(previous, report) ? before : historyAfter(application, before, report)
  const judged = withVerdict(application, counted, deployed, report, health)
  return keptOf(application, judged, report.at)
}

type Defined<T> = { readonly [Name in keyof T]?: NonNullable<T[Name]> }

function definedOf<T extends object>(values: T): Defined<T> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known) as Defined<T>
}

/** Made again because its answer was lost, or health moved: what it counts is counted already. */
function isCounted(previous: ApplicationStatus, report: StatusReport): boolean {
  const { again, sequence } = report
  return again === true || previous.driftless?.sequence === sequence || isKnownEnd(previous, report)
}

/**
 * Whether the end of this operation is in the status already. A message that comes while a run
 * reports its end makes Temporal redo that step: what it wrote is then written anew, with another sequence.
 */
function isKnownEnd({ driftless }: ApplicationStatus, report: StatusReport): boolean {
  const end = endOf(report)
  return end !== undefined && end === driftless?.ended
}

function endOf({ operation }: StatusReport): number | undefined {
  return operation?.finishedAt === undefined ? undefined : operation.startedAt
}

function syncOf({ application, previous, report, resources, extraneous }: StatusInput) {
  const counted = resources?.filter(
    (resource) => !resource.requiresPruning || !extraneous?.has(keyFrom(resource)),
  )
  const { revision, revisions } = report.rendered ?? previous.sync ?? {}
  const comparedTo = {
    ...sourcesJson(application),
    destination: application.spec.destination as never,
  }
  return {
    status: syncStatus(report, counted, previous),
    ...(revision !== undefined && { revision }),
    ...(revisions !== undefined && { revisions }),
    comparedTo,
  }
}

function sourceTypesOf(previous: ApplicationStatus, { rendered }: StatusReport) {
  const { sourceType = previous.sourceType ?? 'Directory', sourceTypes } = rendered ?? previous
  return { sourceType, ...(sourceTypes !== undefined && { sourceTypes }) }
}

/** The time of the last transition moves only when the status does (HEALTH-25). */
function healthOf({ previous, report, health }: StatusInput, at: string) {
  const current: ApplicationHealth =
    (report.problems?.length ?? 0) > 0 ? { status: 'Unknown' } : health
  const same = previous.health?.status === current.status
  return { ...current, lastTransitionTime: (same && previous.health?.lastTransitionTime) || at }
}
