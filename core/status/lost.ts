import type { Manifest } from '../manifest/manifest.ts'
import { type ApplicationStatus, isTerminating, statusOf } from './status.ts'

/**
 * The status that a write of somebody else took away: `kubectl replace` with a manifest has none,
 * and there is no status subresource that would keep it. Undefined when nothing is lost.
 * A wish to end the operation that came with or after that write is kept.
 */
export function lostStatus(
  object: Manifest,
  before: Manifest | undefined,
): ApplicationStatus | undefined {
  if (before === undefined || before.metadata.uid !== object.metadata.uid) return undefined
  const last = statusOf(before)
  if (statusOf(object).driftless !== undefined || last.driftless === undefined) return undefined
  if (!isTerminating(object) || last.operationState === undefined) return last
  return { ...last, operationState: { ...last.operationState, phase: 'Terminating' } }
}

/** Whether this object has a newer status of ours, although it may itself be the older one. */
export function hasNewerStatus(object: Manifest, than: Manifest): boolean {
  return sequenceOf(object) > sequenceOf(than)
}

function sequenceOf(object: Manifest): number {
  return statusOf(object).driftless?.sequence ?? 0
}
