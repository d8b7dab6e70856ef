import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  setCurrentDetails,
} from '@temporalio/workflow'
import { HealthError } from '../core/errors.ts'
import type {
  FailureText,
  HealthReport,
  RenderedManifests,
  ResourceResult,
  SyncStep,
} from '../core/flow.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import { healthTable, waitingFor } from './details.ts'
import { failureOf } from './failure.ts'
import { factsOf, type Operation, type Progress } from './operation.ts'
import { steps, writes } from './steps.ts'

export type End = {
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  readonly failure?: FailureText & { readonly retryable?: boolean }
}

const lookAgainMs = 30_000

/** Runs the plan wave by wave; each wave is waited for (SYNC-04; the last one too, design §8). */
export async function runSteps(
  operation: Operation,
  rendered: RenderedManifests,
  plan: readonly SyncStep[],
  progress: Progress,
): Promise<End | 'superseded'> {
  for (const step of plan) {
    const refused = await runStep(operation, rendered, step, progress)
    if (refused !== undefined) return refused
    // between waves is a safe point
    if (operation.inbox.hasWork() && step !== plan.at(-1)) return 'superseded'
    const end = await waitForHealth(operation, rendered, progress)
    if (end !== undefined) return end
  }
  if (plan.length > 0) return succeeded
  return (await waitForHealth(operation, rendered, progress)) ?? succeeded
}

const succeeded: End = { phase: 'Succeeded', message: 'successfully synced (all tasks run)' }

async function runStep(
  operation: Operation,
  rendered: RenderedManifests,
  step: SyncStep,
  progress: Progress,
): Promise<End | undefined> {
  const { application } = operation.input
  try {
    const { resources } = await writes.sync.executeWithOptions(
      { summary: `sync wave ${step.wave}: ${step.changes.length} objects` },
      [{ application, rendered, step, heal: operation.decision.trigger === 'drift' }],
    )
    progress.results = [...progress.results, ...resources]
    progress.changed = [...new Set([...progress.changed, ...changedBy(resources)])]
  } catch (error) {
    const failure = failureOf(error)
    return { phase: 'Error', message: failure.message, failure }
  }
  const refused = progress.results.filter(({ status }) => status === 'SyncFailed')
  const first = refused[0]
  if (first === undefined) return undefined
  const reasons = refused.map(({ message }) => message).join('; ')
  const message = `one or more objects failed to apply, reason: ${reasons}`
  const type = first.failure ?? 'AdmissionDenied'
  return {
    phase: 'Failed',
    message,
    failure: { type, message, retryable: type !== 'UnknownKindError' },
  }
}

function changedBy(resources: readonly ResourceResult[]): readonly ResourceKey[] {
  return resources.flatMap(({ key, status }) =>
    status === 'Synced' || status === 'Pruned' ? [key] : [],
  )
}

/** Undefined when all that was changed has arrived. */
async function waitForHealth(
  operation: Operation,
  rendered: RenderedManifests,
  progress: Progress,
): Promise<End | 'superseded' | undefined> {
  const { inbox, decision } = operation
  const deadline = progress.startedAt + decision.healthTimeoutMs
  for (let looks = 1; ; looks++) {
    inbox.clearHealth()
    const seen = await lookAtHealth(operation, rendered, progress)
    if (seen === 'superseded' || 'phase' in seen) return seen
    if (seen.outcome === 'settled') return undefined
    if (seen.outcome === 'failed') return unhealthy(seen)
    // most rollouts end within two looks: a second one costs less than to write, wait and be told
    if (looks === 1 && !inbox.hasWork() && patched('second-look')) continue
    if (Date.now() >= deadline) return late(seen, decision.healthTimeoutMs)
    const message = waitingFor(seen)
    setCurrentDetails(healthTable(message, seen))
    const facts = { ...factsOf(operation, rendered, progress), phase: 'Running' as const, message }
    await operation.report({
      rendered,
      final: false,
      conditions: rendered.warnings,
      operation: facts,
    })
    const patience = Math.max(1, Math.min(lookAgainMs, deadline - Date.now()))
    await condition(() => !inbox.isEmpty(), patience)
    if (inbox.hasWork()) return 'superseded'
  }
}

/** Looks once; gives way at once when work comes, since looking changes nothing. */
async function lookAtHealth(
  { input, inbox }: Operation,
  rendered: RenderedManifests,
  { changed }: Progress,
): Promise<HealthReport | End | 'superseded'> {
  const scope = new CancellationScope()
  const looking = scope.run(() =>
    steps.health.executeWithOptions({ summary: `health of ${changed.length} objects` }, [
      { application: input.application, rendered, changed },
    ]),
  )
  let done = false
  const settled = looking.finally(() => {
    done = true
  })
  settled.catch(() => undefined)
  await condition(() => done || inbox.hasWork())
  if (!done) scope.cancel()
  try {
    return await settled
  } catch (error) {
    if (isCancellation(error) && inbox.hasWork()) return 'superseded'
    return notSeen(failureOf(error))
  }
}

/** A cluster that does not answer is looked at again; nothing is said of the objects. */
function notSeen(failure: FailureText): HealthReport | End {
  if (!failure.retryable) return { phase: 'Error', message: failure.message, failure }
  return { outcome: 'waiting', status: 'Unknown', resources: [] }
}

function unhealthy(seen: HealthReport): End {
  const message = waitingFor(seen)
  return { phase: 'Failed', message, failure: { type: HealthError.name, message } }
}

function late(seen: HealthReport, timeoutMs: number): End {
  const message = `not healthy after ${Math.round(timeoutMs / 1000)} s: ${waitingFor(seen)}`
  return { phase: 'Failed', message, failure: { type: HealthError.name, message } }
}
