import { explainFailure, type Failure } from '../failure/failure.ts'
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

type Change = {
  readonly ref: ApplicationRef
  readonly before: ApplicationStatus
  readonly after: ApplicationStatus
  readonly report: StatusReport
}

/** The events of one status change; the same change gives the same ids. */
export function deploymentEvents(change: Change): readonly DeploymentEvent[] {
  return kindsOf(change).map((kind) => eventOf(kind, change))
}

/** The partition key, so that events of one application stay in order. */
export function keyOfDeployment({ subject }: DeploymentEvent): string {
  return subject
}

function kindsOf({ before, after, report }: Change): readonly Kind[] {
  const kinds: Kind[] = []
  const phase = report.again === true ? undefined : report.operation?.phase
  if (phase === 'Running') kinds.push('sync-started')
  if (phase === 'Succeeded') kinds.push('sync-succeeded')
  if (phase === 'Failed' || phase === 'Error') kinds.push('sync-failed')
  if (report.ends !== undefined && report.again !== true) kinds.push(`sync-${report.ends.how}`)
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
  return kinds
}

/** Whether this condition was not there before, or said something else. */
function isNews(type: string, before: ApplicationStatus, after: ApplicationStatus): boolean {
  const textIn = ({ conditions = [] }: ApplicationStatus) =>
    conditions.find((condition) => condition.type === type)?.message
  return textIn(after) !== undefined && textIn(after) !== textIn(before)
}

function eventOf(kind: Kind, { ref, after, report }: Change): DeploymentEvent {
  const application = `${ref.namespace}/${ref.name}`
  const message =
    report.ends?.message ??
    report.operation?.message ??
    report.failure?.message ??
    deletionError(report) ??
    after.health?.message ??
    ''
  const failure = report.operation?.failure ?? report.failure
  return {
    specversion: '1.0',
    id: `${ref.uid}-${report.sequence}-${kind}`,
    source: `/applications/${application}`,
    type: `dev.driftless.deployment.${kind}`,
    subject: application,
    applicationuid: ref.uid,
    time: rfc3339(report.at),
    data: {
      application,
      revision: report.ends?.revision ?? after.sync?.revision ?? '',
      message: message.slice(0, maxMessageLength),
      sync: after.sync?.status ?? 'Unknown',
      health: after.health?.status ?? 'Unknown',
      ...(failure !== undefined && { failure: explainFailure(failure) }),
    },
  }
}

function deletionError({ conditions = [] }: StatusReport): string | undefined {
  return conditions.find(({ type }) => type === 'DeletionError')?.message
}
