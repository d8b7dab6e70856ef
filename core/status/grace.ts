import type { StatusReport } from '../flow.ts'
import type { ApplicationStatus } from './status.ts'

const graceMs = 180_000
const passing = new Set(['GitAccessError', 'NetworkError'])

/** Since when (epoch ms) what the application is made of could not be read; undefined when it was. */
export function troubledSince(
  { driftless }: ApplicationStatus,
  report: StatusReport,
): number | undefined {
  const { failure, rendered, problems, begunAt, at, troubledSince: known } = report
  if (failure !== undefined && passing.has(failure.type)) {
    return driftless?.troubledSince ?? begunAt ?? at
  }
  const speaks = failure ?? (isBesideSources(report) ? undefined : rendered) ?? problems
  return speaks === undefined ? (known ?? driftless?.troubledSince) : undefined
}

/**
 * Whether the sources could not be read when they were asked last, and this report says nothing of
 * them: what is told of that stays, whatever is healed meanwhile.
 */
export function isStillTroubled(
  { driftless, conditions = [] }: ApplicationStatus,
  report: StatusReport,
): boolean {
  const isTold = conditions.some(({ type }) => type === 'ComparisonError')
  const speaks = report.failure ?? report.problems
  const isSilent = speaks === undefined && isBesideSources(report)
  return isTold && isSilent && driftless?.troubledSince !== undefined
}

/** Drift, also that of the time before a start, is judged against what was compared last. */
function isBesideSources({ decided, operation }: StatusReport): boolean {
  return operation?.stale === true || decided?.trigger === 'drift' || decided?.trigger === 'start'
}

/**
 * Whether a comparison failed for what mostly passes within minutes, such as a repository that does
 * not answer: the status then stays as it was. An application that is new or changed, a request and
 * a refresh by somebody are told at once (AUTO-13).
 */
function isInGrace(previous: ApplicationStatus, report: StatusReport): boolean {
  const { failure, operation, refreshed, specDigest, at } = report
  if (failure === undefined || operation !== undefined || refreshed !== undefined) return false
  const { sync, driftless } = previous
  const isKnown = sync?.status === 'Synced' || sync?.status === 'OutOfSync'
  if (!isKnown || driftless?.specDigest !== specDigest) return false
  const since = troubledSince(previous, report)
  return passing.has(failure.type) && since !== undefined && at - since < graceMs
}

/** The report without the failure that is not told yet: it then only speaks of health. */
export function withGrace(previous: ApplicationStatus, report: StatusReport): StatusReport {
  if (!isInGrace(previous, report)) return report
  const { failure: _, begunAt: __, ...rest } = report
  const since = troubledSince(previous, report)
  return { ...rest, ...(since !== undefined && { troubledSince: since }) }
}
