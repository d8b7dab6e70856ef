import type { SettleHooksInput } from '../activities/settle-hooks.ts'
import type { EarlyEnd } from '../core/flow.ts'
import { persist } from './failure.ts'
import type { Operation } from './operation.ts'
import type { Outcome } from './outcome.ts'
import { writes } from './steps.ts'

/** Somebody wants the operation to end: hooks that run are deleted, what is applied stays (SYNC-25). */
export async function terminate(operation: Operation): Promise<Outcome> {
  const { carried } = operation.input
  const { request } = operation.decision
  if (carried?.hooks === true) await settleHooks(operation, carried.startedAt, 'terminated')
  await operation.report({
    ends: { how: 'terminated', message: 'Operation terminated', ...startOf(carried) },
    ...(request !== undefined && { answers: request }),
  })
  return operation.end('terminated')
}

/**
 * The operation that gave way is not gone on with: its status and its hooks are brought to an end.
 * One that gave way to its own deletion did so in the middle of a hook, which is deleted.
 */
export async function giveUpCarried(
  operation: Operation,
  newer?: string,
  hooks: 'failed' | 'terminated' = 'failed',
): Promise<void> {
  const { carried } = operation.input
  if (carried === undefined) return
  if (carried.hooks === true) await settleHooks(operation, carried.startedAt, hooks)
  const message = `superseded by ${newer ?? operation.decision.trigger}`
  await operation.report({ ends: { how: 'superseded', message, ...startOf(carried) } })
}

function startOf(
  carried: Operation['input']['carried'],
): Pick<EarlyEnd, 'startedAt' | 'begunAt' | 'revision'> {
  if (carried === undefined) return {}
  const { startedAt, begunAt, revision } = carried
  return {
    startedAt,
    ...(begunAt !== undefined && { begunAt }),
    ...(revision !== undefined && { revision }),
  }
}

/** Lets the hooks of an operation go that ended like this; see the activity. */
export async function settleHooks(
  { input: { application } }: Operation,
  startedAt: number,
  outcome: SettleHooksInput['outcome'],
): Promise<void> {
  await persist(() =>
    writes.settleHooks.executeWithOptions({ summary: `hooks ${outcome}` }, [
      { application, startedAt, outcome },
    ]),
  )
}
