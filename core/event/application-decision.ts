import { explainFailure, type Failure } from '../failure/failure.ts'
import { nameOf, operationId } from '../flow/names.ts'
import type {
  ApplicationRef,
  Decided,
  OperationFacts,
  ResourceResult,
  StatusReport,
} from '../flow.ts'
import { showKey } from '../manifest/key.ts'
import { shortRevision } from '../short-revision.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { type DecisionEvent, decisionEvent } from './decision.ts'

const shownResources = 50

type Reporting = {
  readonly ref: ApplicationRef
  readonly after: ApplicationStatus
  readonly report: StatusReport
}

/** What a run decided, and how its operation ended; nothing for a report that only speaks of health. */
export function applicationDecisions(reporting: Reporting): readonly DecisionEvent[] {
  const { decided, operation, final, again } = reporting.report
  if (decided === undefined || decided.action === 'report' || !final || again) return []
  return [
    ofDecision(reporting),
    ...(operation === undefined ? [] : [ofOperation(reporting, operation)]),
  ]
}

/** What a run decided that has nothing to do. */
export function ignoredDecision(ref: ApplicationRef, decided: Decided): DecisionEvent {
  const { at, action, reason, trigger, events } = decided
  return decisionEvent({
    ...{ step: 'decided', id: `${ref.uid}-${at}`, source: sourceOf(ref), at, events },
    ...{ application: nameOf(ref), summary: `${action}: ${reason}` },
    facts: { action, reason, trigger },
  })
}

function ofDecision({ ref, after, report }: Reporting): DecisionEvent {
  const { decided = { at: report.at, action: '', reason: '', trigger: '', events: [] } } = report
  const { at, action, reason, trigger, events } = decided
  const revision = report.rendered?.revision
  const outcome = report.operation === undefined ? `; ${outcomeOf(report, after)}` : ''
  return decisionEvent({
    ...{ step: 'decided', id: `${ref.uid}-${at}`, source: sourceOf(ref), at, events },
    application: nameOf(ref),
    summary: `${action}: ${reason}${outcome}`,
    ...(revision !== undefined && { revision }),
    ...failureIn(report.failure && explainFailure(report.failure)),
    facts: { action, reason, trigger },
  })
}

/** What came of it when nothing was to be synced. */
function outcomeOf(
  { failure, problems = [], ends }: StatusReport,
  after: ApplicationStatus,
): string {
  if (failure !== undefined) return failure.message
  if (problems.length > 0) return problems.join('; ')
  if (ends !== undefined) return ends.message
  const { status = 'Unknown', revision = '' } = after.sync ?? {}
  return `${status} at ${shortRevision(revision)}, health ${after.health?.status ?? 'Unknown'}`
}

function ofOperation({ ref, after, report }: Reporting, operation: OperationFacts): DecisionEvent {
  const { phase, message, revision, results, startedAt, failure, retryCount } = operation
  const health = after.health?.status ?? 'Unknown'
  const counts = countsOf(results)
  const counted = Object.entries(counts).map(([status, count]) => `${count} ${status}`)
  return decisionEvent({
    ...{ step: 'operated', id: `${ref.uid}-${startedAt}`, source: sourceOf(ref) },
    ...{ at: report.at, events: report.decided?.events ?? [], revision },
    application: nameOf(ref),
    summary: `${phase} at ${shortRevision(revision)}: ${message}; ${counted.join(', ') || 'no objects'}; health ${health}`,
    ...failureIn(failure && explainFailure(failure)),
    facts: {
      ...{ operation: operationId(ref, startedAt), phase, health, attempt: retryCount + 1 },
      ...{ durationMs: report.at - startedAt, counts },
      resources: results.slice(0, shownResources).map(showResult),
    },
  })
}

function showResult({ key, status, message }: ResourceResult): string {
  const why = message === undefined || message === '' ? '' : `: ${message.slice(0, 300)}`
  return `${showKey(key)} ${status}${why}`
}

function countsOf(results: readonly ResourceResult[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(results, ({ status }) => status)
  return Object.fromEntries([...groups].map(([status, members]) => [status, members.length]))
}

function failureIn(failure: Failure | undefined): { readonly failure?: Failure } {
  if (failure === undefined) return {}
  return { failure: { ...failure, evidence: failure.evidence.slice(0, 2_000) } }
}

function sourceOf(ref: ApplicationRef): string {
  return `/applications/${nameOf(ref)}`
}
