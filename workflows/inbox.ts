import type { Wake } from '../core/flow.ts'

/**
 * The wakes that an application run has received and not yet taken up.
 * News of health alone never supersedes an operation: it only ends its waiting.
 */
export type Inbox = {
  receive(wake: Wake): void
  take(): readonly Wake[]
  isEmpty(): boolean
  /** Whether something came that the running operation must give way to. */
  hasWork(): boolean
  hasHealth(): boolean
  /** Forgets news of health; called right before health is looked at. */
  clearHealth(): void
}

export function createInbox(pending: readonly Wake[] = []): Inbox {
  let wakes: readonly Wake[] = pending
  return {
    receive: (wake) => {
      wakes = [...wakes, wake]
    },
    take: () => {
      const taken = wakes
      wakes = []
      return taken
    },
    isEmpty: () => wakes.length === 0,
    hasWork: () => wakes.some(({ reason }) => reason !== 'health'),
    hasHealth: () => wakes.some(({ reason }) => reason === 'health'),
    clearHealth: () => {
      wakes = wakes.filter(({ reason }) => reason !== 'health')
    },
  }
}
