import type { Wake } from '../core/flow.ts'
import type { CarriedOperation } from './contract.ts'

/** How one operation ended, for the run that holds it. */
export type Outcome = {
  /** One line for the result in the Temporal UI. */
  readonly summary: string
  /** Set when the same operation is repeated after this long, unless something newer comes. */
  readonly retryInMs?: number
  /** The wakes to repeat it with. */
  readonly wakes: readonly Wake[]
  readonly carried?: CarriedOperation
  /** Events that Kafka has not taken yet. */
  readonly events: readonly unknown[]
}

const firstRetryMs = 10_000
const lastRetryMs = 15 * 60_000

/** 10 s × 2ⁿ, at most every 15 min (design §5). */
export function retryDelay(attempt: number): number {
  return Math.min(firstRetryMs * 2 ** attempt, lastRetryMs)
}
