import type { ApplicationRef, StatusReport } from '../flow.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { rfc3339 } from '../time.ts'

// an event is a summary, and a record has a limit
const maxMessageLength = 4_000

type Kind = 'sync-started' | 'sync-succeeded' | 'sync-failed' | 'health-changed' | 'drift-found'

/** What is told of an application on `driftless.deployments`; the key is the application. */
export type DeploymentEvent = {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: `dev.driftless.deployment.${Kind}`
  readonly subject: string
  readonly time: string
  readonly data: {
    readonly application: string
    readonly revision: string
    readonly message: string
    readonly sync: string
    readonly health: string
    readonly cause?: string
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
  const phase = report.operation?.phase
  if (phase === 'Running') kinds.push('sync-started')
  if (phase === 'Succeeded') kinds.push('sync-succeeded')
  if (phase === 'Failed' || phase === 'Error') kinds.push('sync-failed')
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

function eventOf(kind: Kind, { ref, after, report }: Change): DeploymentEvent {
  const application = `${ref.namespace}/${ref.name}`
  const message =
    report.operation?.message ?? report.failure?.message ?? after.health?.message ?? ''
  const cause = report.operation?.failure?.type ?? report.failure?.type
  return {
    specversion: '1.0',
    id: `${ref.uid}-${report.sequence}-${kind}`,
    source: `/applications/${application}`,
    type: `dev.driftless.deployment.${kind}`,
    subject: application,
    time: rfc3339(report.at),
    data: {
      application,
      revision: after.sync?.revision ?? '',
      message: message.slice(0, maxMessageLength),
      sync: after.sync?.status ?? 'Unknown',
      health: after.health?.status ?? 'Unknown',
      ...(cause !== undefined && { cause }),
    },
  }
}
