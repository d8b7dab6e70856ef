import type { Decision, SyncPlan } from '../core/flow.ts'
import { notBegun, type Operation } from './operation.ts'
import type { Outcome } from './outcome.ts'

/** WIN-07: what somebody asked for is shown as running and waits until the windows let it. */
export async function waitForWindow({ decision, report, end }: Operation): Promise<Outcome> {
  const { finishedAt: _, ...facts } = notBegun(decision, decision.reason)
  await report({ operation: { ...facts, phase: 'Running' } })
  return end(decision.reason, waitOf(decision))
}

/** A comparison that found something to sync in a blocked time is repeated when a window opens. */
export function queuedBy(plan: SyncPlan, decision: Decision) {
  return plan.reason === decision.blocked?.reason ? waitOf(decision) : {}
}

function waitOf({ blocked }: Decision) {
  return blocked === undefined ? {} : { retryInMs: blocked.inMs, queued: true }
}
