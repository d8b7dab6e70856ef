import { condition } from '@temporalio/workflow'
import type { ResourceKey } from '../core/manifest/key.ts'
import { behavesAs } from './behaviour.ts'
import { showUnconfirmed } from './confirmation.ts'
import { failureOf, persist } from './failure.ts'
import type { Operation } from './operation.ts'
import type { Outcome } from './outcome.ts'
import { quick, writes } from './steps.ts'

/** How long a deletion waits before it looks again, and how often one run does so. */
export const deletionPatience = {
  lookAgainMs: 10_000,
  // a person is waited for, and the Application watch tells of what he does
  confirmationMs: 3_600_000,
  // what never goes away must not grow one history for ever
  looksPerRun: 100,
} as const

/**
 * Deletes the resources (HIST-05): highest wave first, waits until all is gone, then takes their
 * finalizer off. Undefined when that is done.
 */
export async function removeResources(operation: Operation): Promise<Outcome | undefined> {
  const { application } = operation.input
  const { inbox } = operation
  for (let looks = 1; ; looks++) {
    inbox.clearHealth()
    let patience: number = deletionPatience.lookAgainMs
    try {
      const { remaining, unconfirmed } = await writes.remove.executeWithOptions(
        { summary: 'delete resources' },
        [{ application }],
      )
      if (remaining === 0) break
      if (unconfirmed !== undefined && behavesAs(operation.decision, 5)) {
        await tellUnconfirmed(operation, unconfirmed)
        patience = deletionPatience.confirmationMs
      }
    } catch (error) {
      await tellDeletionError(operation, failureOf(error).message)
    }
    await condition(() => !inbox.isEmpty(), patience)
    inbox.forget(application.uid)
    if (looks === deletionPatience.looksPerRun && behavesAs(operation.decision, 4)) {
      return operation.end('still deletes its resources', { retryInMs: 0 })
    }
  }
  await persist(() => quick.release({ application }))
  if (behavesAs(operation.decision, 3)) inbox.forget(application.uid)
  return undefined
}

/** Shows why the deletion cannot go on. */
export async function tellDeletionError(operation: Operation, message: string): Promise<void> {
  await operation.report({ final: true, conditions: [{ type: 'DeletionError', message }] })
}

/** Shows what the deletion waits for. */
export async function tellDeletionWaits(operation: Operation, message: string): Promise<void> {
  await operation.report({ final: true, conditions: [{ type: 'DeletionWaiting', message }] })
}

/** Shows which objects a person has to confirm, and how (OPT-04). */
export async function tellUnconfirmed(
  operation: Operation,
  keys: readonly ResourceKey[],
): Promise<void> {
  await tellDeletionWaits(
    operation,
    `waiting for deletion confirmation of ${showUnconfirmed(keys, operation)}`,
  )
}
