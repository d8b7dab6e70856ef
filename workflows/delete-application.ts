import { condition } from '@temporalio/workflow'
import type { DeletionPlan, SyncStep } from '../core/flow.ts'
import { showKey } from '../core/manifest/key.ts'
import { type DeletePhase, wayOutOf } from '../core/policy/finalizers.ts'
import { giveUpCarried, settleHooks } from './early-end.ts'
import { failureOf, persist } from './failure.ts'
import type { Operation, Progress } from './operation.ts'
import { type Outcome, retryDelay } from './outcome.ts'
import {
  deletionPatience,
  removeResources,
  tellDeletionError,
  tellDeletionWaits,
  tellUnconfirmed,
} from './remove-resources.ts'
import { runHooks } from './run-hooks.ts'
import { quick, steps } from './steps.ts'

/**
 * Deletes the Application: PreDelete hooks, resources, PostDelete hooks (HIST-05, HOOK-14, HOOK-15).
 * Each part that is done takes its finalizer off, so that no run does it again.
 */
export async function deleteApplication(operation: Operation): Promise<Outcome> {
  const { before, after } = operation.decision.deletion ?? {}
  const withHooks = before === true || after === true
  const ended = withHooks ? await aroundHooks(operation) : await removeResources(operation)
  return ended ?? operation.end('deleted with its resources')
}

async function aroundHooks(operation: Operation): Promise<Outcome | undefined> {
  const { deletion } = operation.decision
  await giveUpCarried(operation, 'the deletion', 'terminated')
  // all hooks are known before anything is done: nothing is left half deleted for want of Git
  const plan = await planned(operation)
  if ('summary' in plan) return plan
  const failedBefore = deletion?.before && (await runPhase(operation, plan, 'PreDelete'))
  if (failedBefore) return failedBefore
  const removing = deletion?.resources ? await removeResources(operation) : undefined
  if (removing !== undefined) return removing
  const failedAfter = deletion?.after && (await runPhase(operation, plan, 'PostDelete'))
  return failedAfter || undefined
}

/** What is to be done, as soon as it is known and confirmed; whatever comes meanwhile is decided anew. */
async function planned(operation: Operation): Promise<DeletionPlan | Outcome> {
  const { inbox } = operation
  const { application } = operation.input
  for (let looks = 1; looks <= deletionPatience.looksPerRun; looks++) {
    inbox.clearHealth()
    let patience: number = deletionPatience.lookAgainMs
    try {
      const plan = await steps.planDeletion.executeWithOptions({ summary: 'plan the deletion' }, [
        { application },
      ])
      if (plan.unconfirmed === undefined) return plan
      await tellUnconfirmed(operation, plan.unconfirmed)
      patience = deletionPatience.confirmationMs
    } catch (error) {
      await tellDeletionError(operation, unknownHooks(operation, failureOf(error).message))
    }
    if (await condition(() => inbox.hasWork(), patience)) return operation.end('decides anew')
  }
  return operation.end('the deletion cannot begin yet', { retryInMs: 0 })
}

function unknownHooks({ decision }: Operation, message: string): string {
  const ways = [
    ...(decision.deletion?.before ? [wayOutOf('PreDelete')] : []),
    ...(decision.deletion?.after ? [wayOutOf('PostDelete')] : []),
  ]
  return `the hooks of the deletion are not known, so nothing is deleted: ${message}; it is tried again. To delete without hooks, ${ways.join(' and ')}`
}

/** Runs the hooks of one phase, wave by wave; an outcome when one failed, so that nothing goes on. */
async function runPhase(
  operation: Operation,
  plan: DeletionPlan,
  phase: DeletePhase,
): Promise<Outcome | undefined> {
  const { application } = operation.input
  const startedAt = Date.now()
  const clock = { startedAt, begunAt: startedAt, waveBegunAt: startedAt }
  const progress: Progress = { ...clock, results: [], changed: [], heal: false, stale: false }
  const waves = phase === 'PreDelete' ? plan.before : plan.after
  let ended: WaveEnd = 'done'
  for (const wave of waves) {
    progress.waveBegunAt = Date.now()
    ended = await runWave(operation, plan, wave, phase, progress)
    if (ended !== 'done') break
  }
  const outcome = { done: 'succeeded', failed: 'failed', 'given up': 'terminated' } as const
  if (waves.length > 0) await settleHooks(operation, startedAt, outcome[ended])
  if (ended === 'failed') return await hooksFailed(operation, progress, phase)
  await persist(() => quick.release({ application, phase }))
  operation.inbox.forget(application.uid)
  return undefined
}

type WaveEnd = 'done' | 'failed' | 'given up'

/** Whoever takes the finalizer off in the middle of it gives the hooks up. */
async function runWave(
  operation: Operation,
  { rendered }: DeletionPlan,
  { hooks = [] }: SyncStep,
  phase: DeletePhase,
  progress: Progress,
): Promise<WaveEnd> {
  const { application } = operation.input
  for (;;) {
    const end = await runHooks(asDeletion(operation), rendered, hooks, progress)
    if (end === undefined) return 'done'
    if (end !== 'superseded') return 'failed'
    const wakes = operation.inbox.forget(application.uid)
    const { deletion } = await persist(() => quick.decide({ application, wakes }))
    const isHeld = phase === 'PreDelete' ? deletion?.before : deletion?.after
    if (isHeld !== true) return 'given up'
  }
}

/** A deletion is no sync: what its hooks are doing is told as its condition. */
function asDeletion(operation: Operation): Operation {
  return {
    ...operation,
    report: async ({ operation: facts }) => tellDeletionWaits(operation, facts?.message ?? ''),
  }
}

/** HOOK-14: nothing further is done until they have succeeded; they are run again. */
async function hooksFailed(
  operation: Operation,
  { results }: Progress,
  phase: DeletePhase,
): Promise<Outcome> {
  const retryInMs = retryDelay(operation.input.attempt ?? 0)
  const reasons = results
    .filter(({ status }) => status === 'SyncFailed')
    .map(({ key, message }) => `${showKey(key)}: ${message || 'failed'}`)
  const held = phase === 'PreDelete' ? 'nothing is deleted' : 'the Application stays'
  const message = `${phase} hooks failed, so ${held}: ${reasons.join('; ')}; they are run again in ${retryInMs / 1000} s. To go on without them, ${wayOutOf(phase)}`
  await tellDeletionError(operation, message)
  return operation.end(message, { retryInMs })
}
