import type {
  RenderedManifests,
  ResourceResult,
  SyncPlan,
  SyncResult,
  SyncStep,
} from '../core/flow.ts'
import { type ResourceKey, showKey } from '../core/manifest/key.ts'
import { showWave } from '../core/plan/steps.ts'
import { failureOf } from './failure.ts'
import type { End, Operation, Progress } from './operation.ts'
import { steps, writes } from './steps.ts'

/** The dry-run of a whole plan (design §7): nothing is written when anything of it is refused. */
export async function tryPlan(
  operation: Operation,
  rendered: RenderedManifests,
  plan: SyncPlan,
  progress: Progress,
): Promise<End | undefined> {
  const { application } = operation.input
  const { request } = operation.decision
  const count = plan.steps.flatMap(({ changes }) => changes).length
  try {
    const result = await steps.check.executeWithOptions(
      { summary: `dry-run of ${count} changes` },
      [{ application, rendered, steps: plan.steps, ...(request !== undefined && { request }) }],
    )
    progress.results = [...progress.results, ...result.resources]
    return refusal(progress, result)
  } catch (error) {
    const failure = failureOf(error)
    return { phase: 'Error', message: failure.message, failure, notBegun: true }
  }
}

/** A sync with `dryRun` ends where the writing would begin (SYNC-21). */
export function tried(plan: SyncPlan, progress: Progress): End {
  progress.results = plan.steps
    .flatMap(({ changes }) => changes)
    .map(({ key, action }) => ({
      key,
      status: action === 'prune' ? 'Pruned' : 'Synced',
      message: `would be ${action === 'prune' ? 'pruned' : `${action}d`} (dry run)`,
    }))
  return { phase: 'Succeeded', message: 'successfully synced (dry run)', notBegun: true }
}

/** Writes one wave; undefined when nothing was refused. */
export async function syncStep(
  operation: Operation,
  rendered: RenderedManifests,
  step: SyncStep,
  progress: Progress,
  tryFirst: boolean,
): Promise<End | undefined> {
  const { application } = operation.input
  const { request } = operation.decision
  try {
    const result = await writes.sync.executeWithOptions({ summary: summaryOf(step) }, [
      {
        application,
        rendered,
        step,
        ...(tryFirst && { check: true }),
        ...(request !== undefined && { request }),
      },
    ])
    progress.results = [...progress.results, ...result.resources]
    progress.changed = [...new Set([...progress.changed, ...changedBy(step, result.resources)])]
    return refusal(progress, result)
  } catch (error) {
    // nobody knows how far it came: the next attempt waits for all of them
    const perhaps = step.changes.map(({ key }): ResourceResult => ({ key, status: 'Synced' }))
    progress.changed = [...new Set([...progress.changed, ...changedBy(step, perhaps)])]
    const failure = failureOf(error)
    return { phase: 'Error', message: failure.message, failure }
  }
}

function summaryOf({ phase, wave, changes }: SyncStep): string {
  const count =
    changes.length === 1 ? showKey(changes[0]?.key ?? '///') : `${changes.length} objects`
  return `sync ${phase === undefined ? '' : `${phase} `}${showWave(wave)}: ${count}`
}

function refusal(progress: Progress, { refusedBeforehand }: SyncResult): End | undefined {
  const refused = progress.results.filter(({ status }) => status === 'SyncFailed')
  const [first] = refused
  if (first === undefined) return undefined
  const reasons = refused.map(({ message }) => message).join('; ')
  const how = refusedBeforehand === true ? ' (dry run)' : ''
  const message = `one or more objects failed to apply${how}, reason: ${reasons}`
  const type = first.failure ?? 'AdmissionDenied'
  const object = showKey(first.key)
  return {
    phase: 'Failed',
    message,
    failure: { type, message, object, retryable: type !== 'UnknownKindError' },
    ...(refusedBeforehand === true && { notBegun: true }),
  }
}

/** The namespace of the destination is nobody's resource, so nobody waits for it. */
function changedBy(step: SyncStep, resources: readonly ResourceResult[]): readonly ResourceKey[] {
  const foreign = step.changes.find(({ action }) => action === 'namespace')?.key
  return resources.flatMap(({ key, status }) =>
    key !== foreign && (status === 'Synced' || status === 'Pruned') ? [key] : [],
  )
}
