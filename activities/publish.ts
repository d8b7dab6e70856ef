import { NetworkError } from '../core/errors.ts'
import type { ActivityClients } from './clients.ts'
import { type TellableEvent, tell } from './tell.ts'

export type PublishInput = { readonly events: readonly unknown[] }

/** Tells what was not taken at once. The ids of events make telling twice harmless. */
export function createPublish(clients: ActivityClients) {
  return async ({ events }: PublishInput): Promise<void> => {
    const left = await tell(clients, events as readonly TellableEvent[])
    if (left.length > 0) throw new NetworkError(`${left.length} events are not told yet`)
  }
}
