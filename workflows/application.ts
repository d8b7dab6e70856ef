import {
  condition,
  continueAsNew,
  defineSignal,
  makeContinueAsNewFunc,
  setHandler,
  sleep,
} from '@temporalio/workflow'
import type { Wake } from '../core/flow.ts'
import { type ApplicationInput, clusterTaskQueue, wakeSignal } from './contract.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { operate } from './operate.ts'
import type { Outcome } from './outcome.ts'
import { tell } from './tell.ts'

/**
 * One run is one operation on one application. It stays open while something runs or is waited
 * for; when another operation is due it continues as a new run, else it closes.
 */
export async function application(input: ApplicationInput): Promise<string> {
  const inbox = createInbox(input.pending)
  setHandler(defineSignal<[Wake]>(wakeSignal), inbox.receive)
  await condition(() => !inbox.isEmpty())
  const outcome = await operate(input, inbox)
  if (outcome.cluster !== undefined) return await move(input, outcome.cluster, outcome.wakes, inbox)
  const unpublished = await tell([...(input.unpublished ?? []), ...outcome.events], inbox)
  const retrying = await backoff(outcome, inbox)
  if (retrying || !inbox.isEmpty()) {
    await continueAsNew<typeof application>({
      application: input.application,
      pending: [...kept(outcome, retrying), ...inbox.take()],
      unpublished,
      ...(retrying && outcome.queued !== true && repetitionOf(input, outcome)),
      ...(outcome.carried !== undefined && { carried: outcome.carried }),
      ...(outcome.attempted !== undefined && { attempted: outcome.attempted }),
    })
  }
  return outcome.summary
}

const firstMovePauseMs = 500
const lastMovePauseMs = 15_000

/**
 * Goes on where the worker of the destination's cluster finds it. Hooks of an operation that gave
 * way stay in the cluster where they are; of the rest nothing is lost. Workers that do not agree
 * yet where the cluster is are given time.
 */
async function move(
  { application: ref, moves = 0, carried, ...rest }: ApplicationInput,
  cluster: string,
  wakes: readonly Wake[],
  inbox: Inbox,
): Promise<never> {
  if (moves > 0) await sleep(Math.min(firstMovePauseMs * 2 ** (moves - 1), lastMovePauseMs))
  const goOn = makeContinueAsNewFunc<typeof application>({ taskQueue: clusterTaskQueue(cluster) })
  return await goOn({
    ...rest,
    ...{ application: ref, moves: moves + 1, pending: [...wakes, ...inbox.take()] },
    ...(carried !== undefined && { carried: { ...carried, hooks: false } }),
  })
}

// a night of pushes is one deployment; these are enough to say what it came from
const keptWakes = 50

/** What is queued is decided together with whatever comes meanwhile. */
function kept({ wakes, queued }: Outcome, retrying: boolean): readonly Wake[] {
  if (queued === true) return wakes.slice(-keptWakes)
  return retrying ? wakes : []
}

function repetitionOf(
  { attempt = 0, begunAt: first }: ApplicationInput,
  outcome: Outcome,
): Pick<ApplicationInput, 'attempt' | 'begunAt'> {
  const begunAt = first ?? outcome.begunAt
  return { attempt: attempt + 1, ...(begunAt !== undefined && { begunAt }) }
}

/** Waits until the operation may be repeated; says false when there is nothing to repeat or news came first. */
async function backoff(outcome: Outcome, inbox: Inbox): Promise<boolean> {
  const { retryInMs, supersede, queued } = outcome
  if (retryInMs === undefined) return false
  if (queued === true) return !(await condition(() => !inbox.isEmpty(), retryInMs))
  // both `replace` and `finish` give a retry up for newer work
  const policy = supersede === 'queue' ? supersede : undefined
  return !(await condition(() => inbox.hasWork(policy), retryInMs))
}
