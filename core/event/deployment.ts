import { explainFailure, type Failure } from '../failure/failure.ts'
import { nameOf } from '../flow/names.ts'
import type { ApplicationRef, StatusReport } from '../flow.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { rfc3339 } from '../time.ts'
import { type Kind, lastRollback } from './news.ts'

// an event is a summary, and a record has a limit
const maxMessageLength = 4_000

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

function eventOf(kind: Kind, { ref, after, report }: Told): DeploymentEvent {
  const application = nameOf(ref)
  const rollback = kind === 'rollback-begun' ? lastRollback(after) : undefined
  const message =
    rollback?.reason ??
    revertText(report) ??
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

function revertText({ reverted }: StatusReport): string | undefined {
  if (reverted === undefined) return undefined
  const { commits, givenUp } = reverted
  return givenUp === undefined ? `Git is put back with ${commits.join(', ')}` : givenUp
}

/** What is told of an operation once is the same event, however often its report is made. */
function markOf(kind: Kind, { operation, sequence }: StatusReport): number {
  return kind.startsWith('sync-') && operation !== undefined ? operation.startedAt : sequence
}

function deletionError({ conditions = [] }: StatusReport): string | undefined {
  return conditions.find(({ type }) => type === 'DeletionError')?.message
}
