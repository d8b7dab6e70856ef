import type { RenderedManifests } from '../core/flow.ts'
import type { ApplicationInput, AttemptedOperation } from './contract.ts'
import type { Operation, Progress } from './operation.ts'
import type { Outcome } from './outcome.ts'

/** What is left of an operation for this very deployment; undefined when something else is to be deployed. */
export function leftOf(
  { carried, attempted }: ApplicationInput,
  { inputs }: RenderedManifests,
): AttemptedOperation | undefined {
  return [carried, attempted].find((left) => left?.inputs === inputs)
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
