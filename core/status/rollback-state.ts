import type { Reverted } from '../flow.ts'

/** The last operation that brought something new, as whoever watches over it has to know it. */
export type Deployed = {
  readonly revision: string
  readonly revisions?: readonly string[]
  readonly inputs: string
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  /** Epoch ms. */
  readonly startedAt: number
  /** Epoch ms of the start of its first attempt. */
  readonly begunAt: number
  readonly endedAt: number
  /** Whether it is tried again, because its cause can pass. */
  readonly repeats?: true
  /** Whether any of its attempts changed something or ran a hook. */
  readonly touched?: true
  /** Whether it went back to a deployment of the history. */
  readonly rollback?: true
}

/** One rollback that nobody asked for; kept so that no revision is rolled back twice. */
export type AutomaticRollback = {
  /** What was rolled back, and what it renders from. */
  readonly revision: string
  readonly revisions?: readonly string[]
  readonly inputs: string
  /** Id of the history entry that was deployed again. */
  readonly to: number
  readonly at: string
  readonly reason: string
  /** What became of it in Git, where that was wanted. */
  readonly reverted?: Reverted
}
