import { setCurrentDetails } from '@temporalio/workflow'
import type { SettleHooksInput } from '../activities/settle-hooks.ts'
import type { RenderedManifests, SyncPlan, SyncStep } from '../core/flow.ts'
import { waitForConfirmation } from './confirmation.ts'
import { isOver, operationDeadline, timedOut } from './deadline.ts'
import { failureOf } from './failure.ts'
import { type End, type Operation, type Progress, reportProgress } from './operation.ts'
import { runHooks } from './run-hooks.ts'
import { writes } from './steps.ts'
import { waitForHealth } from './wait-for-health.ts'
import { syncStep, tried, tryPlan } from './write-steps.ts'

/** Runs the plan; its hooks of the phase SyncFail when it fails, and lets its hooks go in the end. */
export async function runSteps(
  operation: Operation,
  rendered: RenderedManifests,
  plan: SyncPlan,
  progress: Progress,
): Promise<End | 'superseded'> {
  const end = await runPlan(operation, rendered, plan, progress)
  if (end === 'superseded' || end.notBegun === true || !hasHooks(plan)) return end
  // the time of the whole operation is over: as after a termination nothing more is begun (SYNC-27)
  const isDone = end.phase === 'Succeeded' || end.timedOut === 'operation'
  const ended = isDone ? end : await runFailSteps(operation, rendered, plan, progress, end)
  if (ended === 'superseded') return ended
  const outcome = outcomeOf(ended)
  try {
    await writes.settleHooks.executeWithOptions({ summary: `hooks of a sync that ${outcome}` }, [
      { application: operation.input.application, startedAt: progress.startedAt, outcome },
    ])
  } catch (error) {
    const failure = failureOf(error)
    return { phase: 'Error', message: failure.message, failure }
  }
  return ended
}

/** Hooks that outlasted a deadline are deleted while they run. */
function outcomeOf({ phase, timedOut: ended }: End): SettleHooksInput['outcome'] {
  if (phase === 'Succeeded') return 'succeeded'
  return ended === undefined || ended === 'health' ? 'failed' : 'terminated'
}

export function hasHooks({ steps: main, failSteps = [] }: SyncPlan): boolean {
  return [...main, ...failSteps].some(({ hooks = [] }) => hooks.length > 0)
}

/** Tries the plan where that is wanted (design §7), then does it. */
async function runPlan(
  operation: Operation,
  rendered: RenderedManifests,
  plan: SyncPlan,
  progress: Progress,
): Promise<End | 'superseded'> {
  const dryRun = operation.decision.request?.dryRun === true
  const isSimple = plan.steps.length <= 1 && !hasHooks(plan)
  if (dryRun || (plan.check === true && !isSimple)) {
    const refused = await tryPlan(operation, rendered, plan, progress)
    if (refused !== undefined) return refused
    if (dryRun) return tried(plan, progress)
  }
  if (plan.check !== undefined && (!isSimple || operation.decision.request !== undefined)) {
    await showBegin(operation, rendered, plan, progress)
  }
  return await runWaves(operation, rendered, plan, progress)
}

/** Each wave is waited for (SYNC-04; the last one too, design §8). */
async function runWaves(
  operation: Operation,
  rendered: RenderedManifests,
  plan: SyncPlan,
  progress: Progress,
): Promise<End | 'superseded'> {
  const tryFirst = plan.check === true && plan.steps.length === 1 && !hasHooks(plan)
  for (const step of plan.steps) {
    const end = await runStep(operation, rendered, step, progress, tryFirst)
    if (end !== undefined) return end
    // between waves is a safe point
    if (operation.isOvertaken() && step !== plan.steps.at(-1)) return 'superseded'
    // neither a namespace nor a hook is waited for here; the first version looked all the same
    if (progress.changed.length === 0 && plan.check !== undefined) continue
    const unhealthy = await waitForHealth(operation, rendered, progress)
    if (unhealthy !== undefined) return unhealthy
  }
  if (plan.steps.length > 0) return succeeded
  return (await waitForHealth(operation, rendered, progress)) ?? succeeded
}

async function showBegin(
  operation: Operation,
  rendered: RenderedManifests,
  { steps: { length } }: SyncPlan,
  progress: Progress,
): Promise<void> {
  const message = length === 1 ? 'syncing one wave' : `syncing ${length} waves`
  await reportProgress(operation, rendered, progress, message)
}

const succeeded: End = { phase: 'Succeeded', message: 'successfully synced (all tasks run)' }

async function runStep(
  operation: Operation,
  rendered: RenderedManifests,
  step: SyncStep,
  progress: Progress,
  tryFirst: boolean,
): Promise<End | 'superseded' | undefined> {
  const held =
    tooLate(operation, progress) ?? (await waitForConfirmation(operation, rendered, step, progress))
  if (held !== undefined) return held
  progress.waveBegunAt = Date.now()
  if (step.changes.length > 0) {
    const refused = await syncStep(operation, rendered, step, progress, tryFirst)
    if (refused !== undefined) return refused
  }
  if (step.hooks === undefined) return undefined
  return await runHooks(operation, rendered, step.hooks, progress)
}

/** No wave begins when the operation should be done. */
function tooLate(operation: Operation, { begunAt }: Progress): End | undefined {
  const deadline = operationDeadline(operation, begunAt)
  return isOver(deadline) ? timedOut(deadline) : undefined
}

/** HOOK-11: they run after a failure in any phase; their own failure is only added to the message. */
async function runFailSteps(
  operation: Operation,
  rendered: RenderedManifests,
  { failSteps = [] }: SyncPlan,
  progress: Progress,
  end: End,
): Promise<End | 'superseded'> {
  if (failSteps.length > 0) setCurrentDetails(`**${end.message}**\n\nrunning the SyncFail hooks`)
  for (const { hooks = [] } of failSteps) {
    progress.waveBegunAt = Date.now()
    const failed = await runHooks(operation, rendered, hooks, progress)
    if (failed === 'superseded') return failed
    if (failed !== undefined) {
      return { ...end, message: `${end.message}\none or more SyncFail hooks failed` }
    }
  }
  return end
}
