import type { StatusReport } from '../flow.ts'
import type { ApplicationStatus } from '../status/status.ts'

/** What is told of an application, each under a type of its own. */
export type Kind =
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
  | 'rollback-reverted'

type Change = {
  readonly before: ApplicationStatus
  readonly after: ApplicationStatus
  readonly report: StatusReport
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
  if (report.reverted !== undefined) kinds.push('rollback-reverted')
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

/** The automatic rollback that is the newest. */
export function lastRollback({ driftless }: ApplicationStatus) {
  return driftless?.rollbacks?.at(-1)
}
