import type { StatusReport } from '../flow.ts'
import { afterHeal, isFull } from '../policy/heal.ts'
import type { ApplicationStatus, HealBudget, LastAttempt } from './status.ts'

/** The last attempt after a report; it keeps the same failure from being tried for ever (AUTO-09). */
export function attemptAfter(
  previous: ApplicationStatus,
  { operation, rendered, specDigest }: StatusReport,
): LastAttempt | undefined {
  if (operation === undefined || rendered === undefined) return previous.driftless?.lastAttempt
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
