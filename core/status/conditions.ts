import type { ConditionText, StatusReport } from '../flow.ts'
import { orphanCondition } from '../project/orphans.ts'
import { rfc3339 } from '../time.ts'
import { isStillTroubled } from './grace.ts'
import { sharedCondition } from './shared.ts'
import type { ApplicationStatus, Condition } from './status.ts'

/** What is to be told beside the report. */
export type Found = {
  /** Fields that are not acted on. */
  readonly unbuilt: readonly string[]
  /** Annotations of ours that say nothing that can be understood. */
  readonly malformed?: readonly string[]
  /** Why Git was not put back after an automatic rollback. */
  readonly unreverted?: string | undefined
  /** Of objects that belong to no Application; undefined when nobody looked since the start. */
  readonly orphans?: readonly ConditionText[] | undefined
  /** Of objects that another Application tracks; undefined while what is declared is not known. */
  readonly shared?: readonly ConditionText[] | undefined
}

/**
 * The conditions after a report (AUTO-16). A condition keeps its time while its text stays;
 * what the report does not name any more is over.
 */
export function conditionsOf(
  previous: ApplicationStatus,
  report: StatusReport,
  { unbuilt, malformed = [], unreverted, orphans, shared }: Found,
): readonly Condition[] {
  const texts: readonly ConditionText[] = [
    ...(report.problems ?? []).map((message) => ({ type: 'InvalidSpecError', message })),
    ...failure(report),
    ...(isStillTroubled(previous, report) ? conditionsIn(previous, 'ComparisonError') : []),
    ...warnings(previous, report),
    ...(orphans ?? conditionsIn(previous, orphanCondition)),
    ...(shared ?? conditionsIn(previous, sharedCondition)),
    ...unbuilt.map((field) => ({
      type: 'FieldNotSupportedWarning',
      message: `${field} is not acted on by this version`,
    })),
    ...(unreverted === undefined
      ? []
      : [
          {
            type: unrevertedCondition,
            message: `Git still shows what was rolled back: ${unreverted}`,
          },
        ]),
    ...malformed.map((message) => ({ type: malformedCondition, message })),
  ]
  return texts.map((text) => ({ ...text, lastTransitionTime: since(previous, text, report.at) }))
}

function failure({ failure: error, operation }: StatusReport): readonly ConditionText[] {
  if (error !== undefined) return [{ type: 'ComparisonError', message: error.message }]
  if (operation?.phase !== 'Failed' && operation?.phase !== 'Error') return []
  return [{ type: 'SyncError', message: operation.message }]
}

function conditionsIn({ conditions = [] }: ApplicationStatus, wanted: string) {
  return conditions.filter(({ type }) => type === wanted)
}

// found beside the reports
const malformedCondition = 'InvalidAnnotationWarning'
const unrevertedCondition = 'RollbackNotRevertedWarning'
const ownWay = new Set([
  'FieldNotSupportedWarning',
  malformedCondition,
  unrevertedCondition,
  orphanCondition,
  sharedCondition,
])
// a report that only speaks of health says nothing about these
const kept = new Set(['ComparisonError', 'SyncError', 'InvalidSpecError'])

function warnings(previous: ApplicationStatus, report: StatusReport): readonly ConditionText[] {
  if (report.conditions !== undefined) return report.conditions
  const speaks = report.rendered ?? report.failure ?? report.problems ?? report.operation
  if (speaks !== undefined) return []
  return (previous.conditions ?? []).filter(
    ({ type }) => kept.has(type) || (type.endsWith('Warning') && !ownWay.has(type)),
  )
}

function since(previous: ApplicationStatus, { type, message }: ConditionText, at: number): string {
  const same = previous.conditions?.find((old) => old.type === type && old.message === message)
  return same?.lastTransitionTime ?? rfc3339(at)
}
