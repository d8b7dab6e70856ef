import type { ApplicationRef } from '../flow.ts'
import type { JsonObject } from '../manifest/manifest.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { epochMs } from '../time.ts'
import type { Notice, NoticeCounts } from './notice.ts'

// as for every notice
const maxTextLength = 2_000

export type ByHand = {
  readonly ref: ApplicationRef
  readonly status: ApplicationStatus
  /** What it is sent for, such as `on-deployed`. */
  readonly trigger: string
  readonly by: string
  /** Epoch ms. */
  readonly now: number
}

/**
 * The last operation as a person wants it told (again): a message of its own. Undefined while an
 * operation runs, which is told when it is over, and before the first one.
 */
export function noticeByHand({ ref, status, trigger, by, now }: ByHand): Notice | undefined {
  const { operationState: state, driftless } = status
  if (state === undefined || state.phase === 'Running' || state.phase === 'Terminating') {
    return undefined
  }
  const failure = state.phase === 'Succeeded' ? undefined : driftless?.failure
  return {
    operation: `${ref.namespace}/${ref.name}/${now}`,
    sequence: now,
    phase: state.phase,
    message: state.message.slice(0, maxTextLength),
    revision: state.syncResult.revision,
    trigger,
    initiator: by,
    retries: state.retryCount ?? 0,
    startedAt: epochMs(state.startedAt) ?? now,
    at: epochMs(state.finishedAt) ?? now,
    resources: countsOf(state.syncResult.resources),
    ...(failure !== undefined && {
      failure: { ...failure, evidence: failure.evidence.slice(0, maxTextLength) },
    }),
  }
}

function countsOf(resources: readonly JsonObject[]): NoticeCounts {
  const count = (matches: (resource: JsonObject) => boolean) => resources.filter(matches).length
  return {
    changed: count(({ status, message }) => status === 'Synced' && message !== 'unchanged'),
    pruned: count(({ status }) => status === 'Pruned'),
    unchanged: count(({ status, message }) => status === 'Synced' && message === 'unchanged'),
    failed: count(({ status }) => status === 'SyncFailed'),
  }
}
