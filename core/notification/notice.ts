import { sha256Hex } from '../digest.ts'
import { explainFailure, type Failure } from '../failure/failure.ts'
import { operationId } from '../flow/names.ts'
import type { ApplicationRef, OperationFacts, ResourceResult, StatusReport } from '../flow.ts'
import { shortRevision } from '../short-revision.ts'
import type { ApplicationStatus } from '../status/status.ts'

// a notice travels in a signal, and nobody reads more in a chat
const maxTextLength = 2_000
const maxEvents = 50

/** One state of an operation as people are told of it. Facts of the operation only, never a body. */
export type Notice = {
  /** `<namespace>/<name>/<start in epoch ms>`; the same for all states and attempts of one operation. */
  readonly operation: string
  /** Grows with every report; an older notice never takes the place of a newer one. */
  readonly sequence: number
  readonly phase: OperationFacts['phase']
  readonly message: string
  readonly revision: string
  readonly trigger: string
  readonly initiator: string
  /** Why it was begun, where it was no person who did. */
  readonly because?: string
  /** Attempts before this one. */
  readonly retries: number
  readonly startedAt: number
  readonly at: number
  readonly resources: NoticeCounts
  readonly failure?: Failure
  /** Ids of the events behind the operation. */
  readonly events?: readonly string[]
}
export type NoticeCounts = {
  readonly changed: number
  readonly pruned: number
  readonly unchanged: number
  readonly failed: number
}

/** Whether the operation is over with this state. */
export function isLast({ phase }: Notice): boolean {
  return phase !== 'Running'
}

/** Names the reply about a failure within its thread: the same failure is told once. */
export function replyPart({ cause, object = '', evidence }: Failure): string {
  return `failure-${sha256Hex([cause, object, evidence].join('\n')).slice(0, 12)}`
}

/** One line for the Temporal UI. */
export function showNotice({ phase, revision, message }: Notice): string {
  return `${phase} ${shortRevision(revision)}: ${message}`.slice(0, 150)
}

export type Reporting = {
  readonly ref: ApplicationRef
  readonly before: ApplicationStatus
  readonly report: StatusReport
}

/**
 * What people are told after a report; undefined when it says nothing new of an operation.
 * The same report gives the same notice. A comparison that fails is told once, as an operation
 * that never got to apply anything; a dry run is no deployment.
 */
export function noticeOf(reporting: Reporting): Notice | undefined {
  const { decided, again } = reporting.report
  const notice = again ? undefined : stateOf(reporting)
  const events = decided?.events ?? []
  return notice && events.length > 0 ? { ...notice, events: events.slice(-maxEvents) } : notice
}

function stateOf(reporting: Reporting): Notice | undefined {
  const { operation, ends, failure } = reporting.report
  if (ends !== undefined) return endedEarly(reporting)
  if (operation !== undefined) return ofOperation(reporting, operation)
  return failure === undefined || isKnown(reporting) ? undefined : notCompared(reporting)
}

function ofOperation(
  { ref, before, report }: Reporting,
  facts: OperationFacts,
): Notice | undefined {
  const { phase, message, request, failure, results, revision, trigger } = facts
  const startedAt = facts.begunAt ?? facts.startedAt
  const said = before.operationState
  const isSaid = phase === 'Running' && said?.phase === 'Running' && said.message === message
  if (request?.dryRun || isSaid) return undefined
  return {
    ...{ operation: operationId(ref, startedAt), sequence: report.sequence, phase },
    ...{ message: cut(message), revision, trigger },
    initiator: request?.initiator ?? 'automated',
    ...(request?.because !== undefined && { because: cut(request.because) }),
    retries: facts.retryCount,
    ...{ startedAt, at: report.at, resources: countsOf(results) },
    ...(failure !== undefined && { failure: shortFailure(explainFailure(failure)) }),
  }
}

/** Terminated or superseded; without its start nobody knows which operation is meant. */
function endedEarly({ ref, before, report }: Reporting): Notice | undefined {
  const { ends, at, sequence } = report
  const { operationState } = before
  if (ends?.startedAt === undefined) return undefined
  const { message, revision = operationState?.syncResult.revision ?? '' } = ends
  const startedAt = ends.begunAt ?? ends.startedAt
  return {
    ...{ operation: operationId(ref, startedAt), sequence, phase: 'Failed' },
    ...{ message: cut(message), startedAt, at, retries: operationState?.retryCount ?? 0 },
    ...{ revision, trigger: ends.how, initiator: '', resources: countsOf([]) },
  }
}

function notCompared({ ref, before, report }: Reporting): Notice | undefined {
  const { failure, at, sequence, begunAt: startedAt = at } = report
  if (failure === undefined) return undefined
  return {
    ...{ operation: operationId(ref, startedAt), sequence, phase: 'Error', retries: 0 },
    ...{ message: cut(failure.message), startedAt, at, trigger: 'comparison', initiator: '' },
    ...{ revision: before.sync?.revision ?? '', resources: countsOf([]) },
    failure: shortFailure(explainFailure(failure)),
  }
}

/** Whether the same failure stood there before; a report that is written twice is not known by itself. */
function isKnown({ before, report }: Reporting): boolean {
  const known = before.driftless
  if (known === undefined || known.sequence === report.sequence) return false
  return known.failure?.evidence === report.failure?.message
}

function countsOf(results: readonly ResourceResult[]): NoticeCounts {
  const count = (...wanted: readonly ResourceResult['status'][]) =>
    results.filter(({ status }) => wanted.includes(status)).length
  return {
    changed: count('Synced'),
    pruned: count('Pruned'),
    unchanged: count('Unchanged', 'PruneSkipped'),
    failed: count('SyncFailed', 'NotReached'),
  }
}

function shortFailure(failure: Failure): Failure {
  return { ...failure, evidence: cut(failure.evidence) }
}

function cut(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text
}
