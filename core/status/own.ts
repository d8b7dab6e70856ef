import { explainFailure, type Failure } from '../failure/failure.ts'
import type { StatusReport } from '../flow.ts'
import { afterHeal, isFull } from '../policy/heal.ts'
import { isStillTroubled } from './grace.ts'
import type { ApplicationStatus, HealBudget, LastAttempt } from './status.ts'

/** The last attempt after a report; it keeps the same failure from being tried for ever (AUTO-09). */
export function attemptAfter(
  previous: ApplicationStatus,
  { operation, rendered, specDigest, ends }: StatusReport,
): LastAttempt | undefined {
  const last = previous.driftless?.lastAttempt
  if (ends?.how === 'terminated') return last && { ...last, phase: 'Failed', failure: ends.message }
  if (operation === undefined || rendered === undefined || operation.request?.dryRun) return last
  return {
    revision: operation.revision,
    inputs: rendered.inputs,
    specDigest,
    phase: operation.phase,
    ...(operation.failure !== undefined && { failure: operation.failure.message }),
    ...(operation.failure?.retryable !== undefined && { retryable: operation.failure.retryable }),
  }
}

/** The self-heal budgets after a report; full ones are not kept. */
export function healsAfter(
  previous: ApplicationStatus,
  { operation, at }: StatusReport,
): Readonly<Record<string, HealBudget>> | undefined {
  const before = previous.driftless?.heals ?? {}
  const isDone = operation?.heal === true && operation.finishedAt !== undefined
  const healed = isDone ? operation.results.filter(({ status }) => status === 'Synced') : []
  const spent = Object.fromEntries(healed.map(({ key }) => [key, afterHeal(before[key], at)]))
  const kept = Object.entries({ ...before, ...spent }).filter(([, budget]) => !isFull(budget, at))
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** Why the last comparison or operation failed; gone with the first one that does not. */
export function failureAfter(
  previous: ApplicationStatus,
  report: StatusReport,
): Failure | undefined {
  const { failure, operation, rendered, final } = report
  const found = failure ?? operation?.failure
  if (found !== undefined) return explainFailure(found)
  const isOver = final && (rendered !== undefined || operation !== undefined)
  if (!isOver || isStillTroubled(previous, report)) return previous.driftless?.failure
  const { lastAttempt: last, failure: known } = previous.driftless ?? {}
  const failed = last?.phase === 'Failed' || last?.phase === 'Error'
  // a comparison that works says nothing of the sync that failed and is not tried again
  return operation === undefined && failed && last.inputs === rendered?.inputs ? known : undefined
}
