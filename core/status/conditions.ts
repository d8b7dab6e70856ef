import type { ConditionText, StatusReport } from '../flow.ts'
import { rfc3339 } from '../time.ts'
import type { ApplicationStatus, Condition } from './status.ts'

/**
 * The conditions after a report (AUTO-16). A condition keeps its time while its text stays;
 * what the report does not name any more is over.
 */
export function conditionsOf(
  previous: ApplicationStatus,
  report: StatusReport,
  unbuilt: readonly string[],
): readonly Condition[] {
  const texts: readonly ConditionText[] = [
    ...(report.problems ?? []).map((message) => ({ type: 'InvalidSpecError', message })),
    ...failure(report),
    ...warnings(previous, report),
    ...unbuilt.map((field) => ({
      type: 'FieldNotSupportedWarning',
      message: `${field} is not acted on by this version`,
    })),
  ]
  return texts.map((text) => ({ ...text, lastTransitionTime: since(previous, text, report.at) }))
}

function failure({ failure: error, operation }: StatusReport): readonly ConditionText[] {
  if (error !== undefined) return [{ type: 'ComparisonError', message: error.message }]
  if (operation?.phase !== 'Failed' && operation?.phase !== 'Error') return []
  return [{ type: 'SyncError', message: operation.message }]
}

// a report that only speaks of health says nothing about these
const kept = new Set(['ComparisonError', 'SyncError', 'InvalidSpecError'])

function warnings(previous: ApplicationStatus, report: StatusReport): readonly ConditionText[] {
  if (report.conditions !== undefined) return report.conditions
  const speaks = report.rendered ?? report.failure ?? report.problems ?? report.operation
  if (speaks !== undefined) return []
  return (previous.conditions ?? []).filter(
    ({ type }) =>
      kept.has(type) || (type.endsWith('Warning') && type !== 'FieldNotSupportedWarning'),
  )
}

function since(previous: ApplicationStatus, { type, message }: ConditionText, at: number): string {
  const same = previous.conditions?.find((old) => old.type === type && old.message === message)
  return same?.lastTransitionTime ?? rfc3339(at)
}
