import type { SupersedePolicy, Wake, WakeReason } from '../core/flow.ts'

const ends: ReadonlySet<WakeReason> = new Set(['delete', 'terminate'])

/**
 * The wakes that an application run has received and not yet taken up.
 * News of health alone never supersedes an operation: it only ends its waiting.
 */
export type Inbox = {
  receive(wake: Wake): void
  take(): readonly Wake[]
  isEmpty(): boolean
  /** Whether something came that the running operation gives way to at its next safe point. */
  hasWork(policy?: SupersedePolicy): boolean
  /** Whether the running operation is to end, even in the middle of a hook. */
  hasEnd(): boolean
  hasHealth(): boolean
  /** Forgets what is about this Application: a namesake that came after it keeps its own. */
  forget(uid: string): void
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
    hasWork: (policy = 'replace') =>
      wakes.some(({ reason }) => (policy === 'replace' ? reason !== 'health' : ends.has(reason))),
    hasEnd: () => wakes.some(({ reason }) => ends.has(reason)),
    hasHealth: () => wakes.some(({ reason }) => reason === 'health'),
    forget: (gone) => {
      wakes = wakes.filter(({ uid }) => uid !== undefined && uid !== gone)
    },
    clearHealth: () => {
      wakes = wakes.filter(({ reason }) => reason !== 'health')
    },
  }
}
