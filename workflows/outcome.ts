import type { FailureText, RetryPolicy, SupersedePolicy, Wake } from '../core/flow.ts'
import type { AttemptedOperation, CarriedOperation } from './contract.ts'

/** How one operation ended, for the run that holds it. */
export type Outcome = {
  /** One line for the result in the Temporal UI. */
  readonly summary: string
  /** Set when the same operation is repeated after this long, unless something newer comes. */
  readonly retryInMs?: number
  /** Whether it waits for a sync window: nothing was tried, and whatever comes is looked at with it. */
  readonly queued?: boolean
  /** Epoch ms of the start of its first attempt. */
  readonly begunAt?: number
  /** The wakes to repeat it with. */
  readonly wakes: readonly Wake[]
  readonly carried?: CarriedOperation
  readonly attempted?: AttemptedOperation
  /** Set when nothing was done, because the worker of this cluster has to. */
  readonly cluster?: string
  /** What may take the place of its repetition; absent means anything. */
  readonly supersede?: SupersedePolicy
  /** Events that Kafka has not taken yet. */
  readonly events: readonly unknown[]
}

const firstRetryMs = 10_000
const lastRetryMs = 15 * 60_000

/** 10 s × 2ⁿ, at most every 15 min (design §5). */
export function retryDelay(attempt: number): number {
  return Math.min(firstRetryMs * 2 ** attempt, lastRetryMs)
}

/**
 * In how many ms a failed operation is repeated; undefined for not at all. A retry policy repeats
 * whatever the cause (SYNCP-05, SYNCP-06), the first time after duration × factor, as Argo CD does;
 * without one, or when it is used up, only automated syncs are repeated, and only for causes that
 * can pass.
 */
export function repeatIn(
  failure: FailureText,
  attempt: number,
  policy: RetryPolicy | undefined,
  automated: boolean,
): number | undefined {
  if (policy !== undefined && (policy.limit < 0 || attempt < policy.limit)) {
    return Math.min(policy.durationMs * policy.factor ** (attempt + 1), policy.maxMs)
  }
  return automated && failure.retryable === true ? retryDelay(attempt) : undefined
}
