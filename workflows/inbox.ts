import type { SupersedePolicy, Wake, WakeReason } from '../core/flow.ts'

// what a running operation waits for
const news: ReadonlySet<WakeReason> = new Set(['health', 'confirm'])
const ends: ReadonlySet<WakeReason> = new Set(['delete', 'terminate'])

/**
 * The wakes that an application run has received and not yet taken up.
 * News of health and of a confirmation never supersede an operation: they only end its waiting.
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
  /** How many wakes came so far, also those that were taken up or forgotten. */
  received(): number
  /** Forgets what is about this Application, and gives it back: a namesake that came after it keeps its own. */
  forget(uid: string): readonly Wake[]
  /** Forgets news of health; called right before health is looked at. */
  clearHealth(): void
  /** Forgets that somebody confirmed something; called when that is looked at. */
  clearConfirmation(): void
}

export function createInbox(pending: readonly Wake[] = []): Inbox {
  let wakes: readonly Wake[] = pending
  let received = 0
  return {
    receive: (wake) => {
      wakes = [...wakes, wake]
      received += 1
    },
    take: () => {
      const taken = wakes
      wakes = []
      return taken
    },
    isEmpty: () => wakes.length === 0,
    hasWork: (policy = 'replace') =>
      wakes.some(({ reason }) => (policy === 'replace' ? !news.has(reason) : ends.has(reason))),
    hasEnd: () => wakes.some(({ reason }) => ends.has(reason)),
    hasHealth: () => wakes.some(({ reason }) => reason === 'health'),
    received: () => received,
    forget: (gone) => {
      const isOfNamesake = ({ uid }: Wake) => uid !== undefined && uid !== gone
      const forgotten = wakes.filter((wake) => !isOfNamesake(wake))
      wakes = wakes.filter(isOfNamesake)
      return forgotten
    },
    clearHealth: () => {
      wakes = wakes.filter(({ reason }) => reason !== 'health')
    },
    clearConfirmation: () => {
      wakes = wakes.filter(({ reason }) => reason !== 'confirm')
    },
  }
}
