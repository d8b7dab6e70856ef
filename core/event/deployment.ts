import { explainFailure, type Failure } from '../failure/failure.ts'
import { nameOf } from '../flow/names.ts'
import type { ApplicationRef, StatusReport } from '../flow.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { rfc3339 } from '../time.ts'

// an event is a summary, and a record has a limit
const maxMessageLength = 4_000

type Kind =
  | 'sync-started'
  | 'sync-succeeded'
  | 'sync-failed'
  | 'sync-superseded'
  | 'sync-terminated'
  | 'comparison-failed'
  | 'health-changed'
  | 'drift-found'
  | 'deletion-failed'
  | 'rollback-begun'

/** What is told of an application on `driftless.deployments`; the key is the application. */
export type DeploymentEvent = {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: `dev.driftless.deployment.${Kind}`
  readonly subject: string
  readonly applicationuid: string
  readonly time: string
  readonly data: {
    readonly application: string
    readonly revision: string
    readonly message: string
    readonly sync: string
    readonly health: string
    /** Set when something failed; see docs/concepts.md. */
    readonly failure?: Failure
  }
}

type Told = {
  readonly ref: ApplicationRef
  readonly after: ApplicationStatus
  readonly report: StatusReport
}
type Change = Pick<Told, 'after' | 'report'> & { readonly before: ApplicationStatus }

/**
 * The events of one status change, from the news that stand in the status itself: whoever makes the
 * report again after the write finds them there, and the same change gives the same ids.
 */
export function deploymentEvents(told: Told): readonly DeploymentEvent[] {
  const news = (told.after.driftless?.news ?? []) as readonly Kind[]
  return news.map((kind) => eventOf(kind, told))
}

/** The partition key, so that events of one application stay in order. */
export function keyOfDeployment({ subject }: DeploymentEvent): string {
  return subject
}

/** What a change of the status is news of; a report that is written already keeps its own. */
export function newsOf(change: Change): readonly Kind[] {
  const { before, after, report } = change
  if (before.driftless?.sequence === report.sequence) {
    return (before.driftless.news ?? []) as readonly Kind[]
  }
  const kinds: Kind[] = report.again === true ? [] : operationNews(change)
  if (isNews('ComparisonError', before, after)) kinds.push('comparison-failed')
  if (isNews('DeletionError', before, after)) kinds.push('deletion-failed')
  if (
    report.operation === undefined &&
    before.sync?.status === 'Synced' &&
    after.sync?.status === 'OutOfSync'
  ) {
    kinds.push('drift-found')
  }
  if (before.health !== undefined && before.health.status !== after.health?.status) {
    kinds.push('health-changed')
  }
  if (lastRollback(before)?.inputs !== lastRollback(after)?.inputs) kinds.push('rollback-begun')
  return kinds
}

function operationNews({ before, after, report }: Change): Kind[] {
  const kinds: Kind[] = []
  const phase = report.operation?.phase
  const isNew = before.operationState?.startedAt !== after.operationState?.startedAt
  if (phase === 'Running' && isNew) kinds.push('sync-started')
  if (phase === 'Succeeded') kinds.push('sync-succeeded')
  if (phase === 'Failed' || phase === 'Error') kinds.push('sync-failed')
  if (report.ends !== undefined) kinds.push(`sync-${report.ends.how}`)
  return kinds
}

/** Whether this condition was not there before, or said something else. */
function isNews(type: string, before: ApplicationStatus, after: ApplicationStatus): boolean {
  const textIn = ({ conditions = [] }: ApplicationStatus) =>
    conditions.find((condition) => condition.type === type)?.message
  return textIn(after) !== undefined && textIn(after) !== textIn(before)
}

function eventOf(kind: Kind, { ref, after, report }: Told): DeploymentEvent {
  const application = nameOf(ref)
  const rollback = kind === 'rollback-begun' ? lastRollback(after) : undefined
  const message =
    rollback?.reason ??
    report.ends?.message ??
    report.operation?.message ??
    report.failure?.message ??
    deletionError(report) ??
    after.health?.message ??
    ''
  const failure = rollback === undefined ? (report.operation?.failure ?? report.failure) : undefined
  return {
    specversion: '1.0',
    id: `${ref.uid}-${markOf(kind, report)}-${kind}`,
    source: `/applications/${application}`,
    type: `dev.driftless.deployment.${kind}`,
    subject: application,
    applicationuid: ref.uid,
    time: rfc3339(report.at),
    data: {
      application,
      revision: rollback?.revision ?? report.ends?.revision ?? after.sync?.revision ?? '',
      message: message.slice(0, maxMessageLength),
      sync: after.sync?.status ?? 'Unknown',
      health: after.health?.status ?? 'Unknown',
      ...(failure !== undefined && { failure: explainFailure(failure) }),
    },
  }
}

function lastRollback({ driftless }: ApplicationStatus) {
  return driftless?.rollbacks?.at(-1)
}

/** What is told of an operation once is the same event, however often its report is made. */
function markOf(kind: Kind, { operation, sequence }: StatusReport): number {
  return kind.startsWith('sync-') && operation !== undefined ? operation.startedAt : sequence
}

function deletionError({ conditions = [] }: StatusReport): string | undefined {
  return conditions.find(({ type }) => type === 'DeletionError')?.message
}
