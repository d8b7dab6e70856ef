import type { RenderedManifests } from '../core/flow.ts'
import type { ApplicationInput, AttemptedOperation, CarriedOperation } from './contract.ts'
import type { Operation, Progress } from './operation.ts'
import type { Outcome } from './outcome.ts'

/** The operation that gave way and is gone on with; undefined when something else is to be deployed. */
export function continuedOf(
  { carried }: ApplicationInput,
  { inputs }: RenderedManifests,
): CarriedOperation | undefined {
  return carried?.inputs === inputs ? carried : undefined
}

/** What is left of an operation for this very deployment, whether it gave way or failed. */
export function leftOf(
  input: ApplicationInput,
  rendered: RenderedManifests,
): AttemptedOperation | undefined {
  const { attempted } = input
  const failed = attempted?.inputs === rendered.inputs ? attempted : undefined
  return continuedOf(input, rendered) ?? failed
}

/** Whether only drift is mended: what began as a deployment stays one, whatever it is woken by meanwhile. */
export function isHeal({ input, decision }: Operation, rendered: RenderedManifests): boolean {
  const left = leftOf(input, rendered)
  return decision.trigger === 'drift' && (left === undefined || left.heal === true)
}

/** What a failed attempt leaves to the next one. */
export function attemptedBy(
  { inputs }: RenderedManifests,
  { changed, heal }: Progress,
): Pick<Outcome, 'attempted'> {
  return { attempted: { inputs, changed, ...(heal && { heal }) } }
}

/** The same of what could not go on with what the attempt before left. */
export function handedOn({ input: { attempted } }: Operation): Pick<Outcome, 'attempted'> {
  return attempted === undefined ? {} : { attempted }
}
