import { CancellationScope, condition, isCancellation } from '@temporalio/workflow'
import type { Inbox } from './inbox.ts'
import { telling } from './steps.ts'

/**
 * Publishes what Kafka did not take at once, for as long as nothing else is to be done.
 * Returns what is still unpublished when work comes first; the next run takes it along.
 */
export async function tell(
  events: readonly unknown[],
  inbox: Pick<Inbox, 'hasWork'>,
): Promise<readonly unknown[]> {
  if (events.length === 0 || inbox.hasWork()) return events
  const scope = new CancellationScope()
  let done = false
  const published = scope
    .run(() => telling.publish({ events }))
    .then(() => {
      done = true
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error
    })
  await condition(() => done || inbox.hasWork())
  if (!done) scope.cancel()
  await published
  return done ? [] : events
}
