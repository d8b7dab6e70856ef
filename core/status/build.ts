import type { Application } from '../application.ts'
import type { StatusReport } from '../flow.ts'
import { rfc3339 } from '../time.ts'
import type { ApplicationHealth } from './application-health.ts'
import { conditionsOf } from './conditions.ts'
import { historyAfter } from './history.ts'
import { operationStateOf, sourceJson } from './operation-state.ts'
import { attemptAfter, failureAfter, healsAfter, holdAfter } from './own.ts'
import type { ApplicationStatus, ResourceStatus } from './status.ts'

export type StatusInput = {
  readonly application: Application
  readonly previous: ApplicationStatus
  readonly report: StatusReport
  /** See core/policy/watch-digest.ts. */
  readonly observed: string
  /** Fields of the spec that are not acted on. */
  readonly unbuilt: readonly string[]
  /** The declared and leftover objects as they are now; undefined when the desired state is not known. */
  readonly resources: readonly ResourceStatus[] | undefined
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
  const inputs = report.rendered?.inputs ?? previous.driftless?.inputs
  const rendered = report.rendered?.digest ?? previous.driftless?.rendered
  const lastAttempt = attemptAfter(previous, report)
  const isAgain = isCounted(previous, report)
  const heals = isAgain ? previous.driftless?.heals : healsAfter(previous, report)
  const hold = holdAfter(application, previous, report)
  const failure = failureAfter(previous, report)
  return {
    sync: syncOf(input),
    health: healthOf(input, at),
    ...(operationState !== undefined && { operationState }),
    history: historyOf(input),
    conditions: conditionsOf(previous, report, input.unbuilt),
    resources: resources ?? previous.resources ?? [],
    summary: input.images.length > 0 ? { images: input.images } : (previous.summary ?? {}),
    sourceType: report.rendered?.sourceType ?? previous.sourceType ?? 'Directory',
    reconciledAt: at,
    driftless: {
      sequence: report.sequence,
      specDigest: report.specDigest,
      observed: input.observed,
      ...(inputs !== undefined && { inputs }),
      ...(rendered !== undefined && { rendered }),
      ...(lastAttempt !== undefined && { lastAttempt }),
      ...(heals !== undefined && { heals }),
      ...(hold !== undefined && { hold }),
      ...(failure !== undefined && { failure }),
    },
  }
}

/** Made again because its answer was lost, or health moved: what it counts is counted already. */
function isCounted({ driftless }: ApplicationStatus, { again, sequence }: StatusReport): boolean {
  return again === true || driftless?.sequence === sequence
}

/**
 * Whether the end of this operation is in the status already. The write that ends a request wakes
 * the workflow; what it was about to do is then done anew, with another sequence.
 */
function isKnownEnd({ operationState }: ApplicationStatus, { operation }: StatusReport): boolean {
  if (operation === undefined || operation.heal || !operationState?.finishedAt) return false
  const { startedAt, syncResult } = operationState
  return startedAt === rfc3339(operation.startedAt) && syncResult.revision === operation.revision
}

function historyOf({ application, previous, report }: StatusInput) {
  const history = previous.history ?? []
  return isCounted(previous, report) || isKnownEnd(previous, report)
    ? history
    : historyAfter(application, history, report)
}

function syncOf({ application, previous, report, resources }: StatusInput) {
  const revision = report.rendered?.revision ?? previous.sync?.revision
  const comparedTo = {
    source: sourceJson(application),
    destination: application.spec.destination as never,
  }
  return {
    status: syncStatus(report, resources, previous),
    ...(revision !== undefined && { revision }),
    comparedTo,
  }
}

function syncStatus(
  report: StatusReport,
  resources: StatusInput['resources'],
  previous: ApplicationStatus,
): 'Synced' | 'OutOfSync' | 'Unknown' {
  const unknown = report.failure !== undefined || (report.problems?.length ?? 0) > 0
  if (unknown || resources === undefined) {
    return unknown ? 'Unknown' : (previous.sync?.status ?? 'Unknown')
  }
  return resources.every(({ status }) => status === 'Synced') ? 'Synced' : 'OutOfSync'
}

/** The time of the last transition moves only when the status does (HEALTH-25). */
function healthOf({ previous, report, health }: StatusInput, at: string) {
  const current: ApplicationHealth =
    (report.problems?.length ?? 0) > 0 ? { status: 'Unknown' } : health
  const same = previous.health?.status === current.status
  return { ...current, lastTransitionTime: (same && previous.health?.lastTransitionTime) || at }
}
