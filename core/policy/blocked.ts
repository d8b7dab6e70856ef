import type { Decision } from '../flow.ts'
import { permitSync, type TimedWindow } from '../window/permit.ts'

// a project may be edited at any time, and nobody tells of it
const askAgainMs = 3_600_000

/**
 * The decision as the sync windows let it be (WIN-03, WIN-04): what they block is compared, or waits
 * when somebody asked for it, and is decided anew when a window opens. A dry run changes nothing.
 */
export function throughWindows(
  decision: Decision,
  windows: readonly TimedWindow[],
  now: number,
): Decision {
  const { action, request } = decision
  if (action !== 'sync' || request?.dryRun === true) return decision
  const permit = permitSync(windows, { at: now, manual: request !== undefined })
  if (permit.permitted) return decision
  const { reason, until = Number.POSITIVE_INFINITY } = permit
  return {
    ...decision,
    action: request === undefined ? 'compare' : 'wait',
    reason,
    blocked: { reason, inMs: Math.min(until - now, askAgainMs) },
  }
}
