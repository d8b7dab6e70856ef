import { condition, setCurrentDetails } from '@temporalio/workflow'
import { HookError } from '../core/errors.ts'
import type { HookReport, PlannedHook, RenderedManifests, ResourceResult } from '../core/flow.ts'
import { showKey } from '../core/manifest/key.ts'
import {
  type Deadline,
  isOver,
  nearest,
  operationDeadline,
  patienceUntil,
  showDeadline,
  waveDeadline,
} from './deadline.ts'
import { hookTable } from './details.ts'
import { failureOf } from './failure.ts'
import { type End, type Operation, type Progress, reportProgress } from './operation.ts'
import { writes } from './steps.ts'

type Run = { readonly hook: PlannedHook; readonly report?: HookReport }

/**
 * Runs the hooks of one wave side by side until all have ended, also when one failed. A running hook
 * is no safe point: newer work waits for its end, only the wish to end the operation does not.
 */
export async function runHooks(
  operation: Operation,
  rendered: RenderedManifests,
  hooks: readonly PlannedHook[],
  progress: Progress,
): Promise<End | 'superseded' | undefined> {
  const { inbox } = operation
  const before = progress.results
  const { begunAt } = progress
  const deadline = nearest(waveDeadline(operation, progress), operationDeadline(operation, begunAt))
  let runs: readonly Run[] = hooks.map((hook) => ({ hook }))
  for (;;) {
    inbox.clearHealth()
    runs = await Promise.all(runs.map((run) => lookAt(operation, rendered, progress, run)))
    const timedOut = runs.some(isRunning) && isOver(deadline) ? deadline : undefined
    if (timedOut !== undefined) runs = runs.map((run) => givenUp(run, timedOut))
    progress.results = [...before, ...runs.flatMap(resultOf)]
    if (!runs.some(isRunning)) return failed(runs, timedOut)
    if (inbox.hasEnd()) return 'superseded'
    const message = waitingFor(runs)
    setCurrentDetails(hookTable(message, reportsOf(runs)))
    await reportProgress(operation, rendered, progress, message)
    const patience = patienceUntil(deadline)
    await condition(() => inbox.hasHealth() || inbox.hasEnd(), patience)
  }
}

async function lookAt(
  { input: { application } }: Operation,
  rendered: RenderedManifests,
  { startedAt }: Progress,
  run: Run,
): Promise<Run> {
  if (run.report !== undefined && !isRunning(run)) return run
  const { hook, report } = run
  const created = report?.created === true
  const summary = `hook ${hook.key.split('/')[3] || hook.key.split('/')[1]}`
  try {
    const found = await writes.hook.executeWithOptions({ summary }, [
      { application, rendered, hook, startedAt, created },
    ])
    return { hook, report: found }
  } catch (error) {
    const { retryable, message } = failureOf(error)
    // a cluster that does not answer says nothing of the hook
    const phase = retryable ? 'Running' : 'Error'
    return { hook, report: { key: report?.key ?? hook.key, created, phase, message } }
  }
}

/** A hook that still runs at a deadline has failed; it is deleted in the end. */
function givenUp(run: Run, deadline: Deadline): Run {
  const { hook, report } = run
  if (!isRunning(run)) return run
  const message = [showDeadline(deadline), report?.message].filter(Boolean).join(': ')
  const { key = hook.key, created = false } = report ?? {}
  return { hook, report: { key, created, phase: 'Failed', message } }
}

function isRunning({ report }: Run): boolean {
  return report === undefined || report.phase === 'Running'
}

function reportsOf(runs: readonly Run[]): readonly HookReport[] {
  return runs.flatMap(({ report }) => report ?? [])
}

function resultOf({ hook, report }: Run): readonly ResourceResult[] {
  if (report === undefined) return []
  const { key, phase, message } = report
  return [
    {
      key,
      status: phase === 'Failed' || phase === 'Error' ? 'SyncFailed' : 'Synced',
      message,
      hook: { type: hook.phase, phase },
    },
  ]
}

function waitingFor(runs: readonly Run[]): string {
  const waiting = runs.filter(isRunning).map(({ hook, report }) => {
    const why = report?.message ? `: ${report.message}` : ''
    return `${hook.phase} hook ${showKey(report?.key ?? hook.key)}${why}`
  })
  return `waiting for completion of ${waiting.join('; ')}`
}

function failed(runs: readonly Run[], timedOut: Deadline | undefined): End | undefined {
  const bad = reportsOf(runs).filter(({ phase }) => phase !== 'Succeeded')
  const [first] = bad
  if (first === undefined) return undefined
  const reasons = bad.map(({ key, message }) => `${showKey(key)}: ${message || 'failed'}`)
  const message = `one or more synchronization tasks completed unsuccessfully, reason: ${reasons.join('; ')}`
  const failure = { type: HookError.name, message, object: showKey(first.key), retryable: false }
  return { phase: 'Failed', message, failure, ...(timedOut && { timedOut: timedOut.of }) }
}
