import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common'
import { isCancellation, sleep } from '@temporalio/workflow'
import type { FailureText } from '../core/flow.ts'

/** The typed failure behind whatever an activity ended with; cancellations are passed on. */
export function failureOf(error: unknown): FailureText & { readonly retryable: boolean } {
  if (isCancellation(error)) throw error
  const cause = error instanceof ActivityFailure ? error.cause : error
  if (cause instanceof ApplicationFailure) {
    return {
      type: cause.type ?? 'Error',
      message: cause.message,
      retryable: retryable.has(cause.type ?? ''),
    }
  }
  if (cause instanceof TimeoutFailure) {
    return { type: 'NetworkError', message: 'the step did not end in time', retryable: true }
  }
  throw error
}

/** Causes that can pass by themselves; `core/errors.ts` says the same of its classes. */
const retryable: ReadonlySet<string> = new Set([
  'GitAccessError',
  'GitAuthError',
  'ConflictError',
  'PermissionError',
  'AdmissionDenied',
  'QuotaExceeded',
  'NetworkError',
])

const firstPauseMs = 500
const lastPauseMs = 15_000

/**
 * Repeats what must happen in the end (a status that must be written, a decision that must be
 * read) while the cluster does not answer. A workflow may wait; an activity may not.
 */
export async function persist<T>(attempt: () => Promise<T>): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
    try {
      return await attempt()
    } catch (error) {
      if (!failureOf(error).retryable) throw error
      await sleep(pauseMs)
    }
  }
}
