import { condition } from '@temporalio/workflow'
import { behavesAs } from './behaviour.ts'
import { failureOf, persist } from './failure.ts'
import type { Operation } from './operation.ts'
import type { Outcome } from './outcome.ts'
import { quick, writes } from './steps.ts'

const lookAgainMs = 10_000
// what never goes away must not grow one history for ever
const looksPerRun = 100

/** Cascading deletion (HIST-05): highest wave first, waits until all is gone, then lets the Application go. */
export async function removeResources(operation: Operation): Promise<Outcome> {
  const { application } = operation.input
  const { inbox } = operation
  for (let looks = 1; ; looks++) {
    inbox.clearHealth()
    try {
      const { remaining } = await writes.remove.executeWithOptions(
        { summary: 'delete resources' },
        [{ application }],
      )
      if (remaining === 0) break
    } catch (error) {
      const failure = failureOf(error)
      await operation.report({
        final: true,
        conditions: [{ type: 'DeletionError', message: failure.message }],
      })
    }
    await condition(() => !inbox.isEmpty(), lookAgainMs)
    inbox.forget(application.uid)
    if (looks === looksPerRun && behavesAs(operation.decision, 4)) {
      return operation.end('still deletes its resources', { retryInMs: 0 })
    }
  }
  await persist(() => quick.release({ application }))
  if (behavesAs(operation.decision, 3)) inbox.forget(application.uid)
  return operation.end('deleted with its resources')
}
