import { type Application, isAutomated } from '../application.ts'
import { explainFailure, type Failure } from '../failure/failure.ts'
import type { StatusReport } from '../flow.ts'
import { afterHeal, isFull } from '../policy/heal.ts'
import { rfc3339 } from '../time.ts'
import type { ApplicationStatus, HealBudget, Hold, LastAttempt } from './status.ts'

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

/**
 * The hold after a report (design §8): going to a revision of one's own choice sets it, as long as
 * automated sync is on; whoever then syncs what Git shows, by hand or because it is newer, ends it.
 */
export function holdAfter(
  application: Application,
  previous: ApplicationStatus,
  { operation, rendered, at }: StatusReport,
): Hold | undefined {
  const { hold, inputs } = previous.driftless ?? {}
  if (operation === undefined || rendered === undefined) return hold
  const { request, phase, revision } = operation
  const chosen = request !== undefined && (request.ownSource || request.revision !== undefined)
  if (!chosen || request.dryRun) {
    const whole = request?.resources === undefined && request?.dryRun !== true && !operation.heal
    return phase === 'Succeeded' && whole ? undefined : hold
  }
  const tracked = hold?.inputs ?? inputs
  if (!isAutomated(application) || tracked === undefined || tracked === rendered.inputs) return hold
  const { rollbackTo: id = -1, initiator: by } = request
  return { revision, id, by, at: hold?.at ?? rfc3339(at), inputs: tracked }
}

/** Why the last comparison or operation failed; gone with the first one that does not. */
export function failureAfter(
  previous: ApplicationStatus,
  { failure, operation, rendered, final }: StatusReport,
): Failure | undefined {
  const found = failure ?? operation?.failure
  if (found !== undefined) return explainFailure(found)
  const isOver = final && (rendered !== undefined || operation !== undefined)
  if (!isOver) return previous.driftless?.failure
  const { lastAttempt: last, failure: known } = previous.driftless ?? {}
  const failed = last?.phase === 'Failed' || last?.phase === 'Error'
  // a comparison that works says nothing of the sync that failed and is not tried again
  return operation === undefined && failed && last.inputs === rendered?.inputs ? known : undefined
}
