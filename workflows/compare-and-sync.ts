import { condition, upsertSearchAttributes } from '@temporalio/workflow'
import { SupersededError } from '../core/errors.ts'
import type { FailureText, RenderedManifests, SyncPlan } from '../core/flow.ts'
import { failureOf } from './failure.ts'
import { factsOf, type Operation, type Progress } from './operation.ts'
import { type Outcome, retryDelay } from './outcome.ts'
import { runSteps } from './run-steps.ts'
import { quick, steps } from './steps.ts'

/** fetch → render → diff → plan → sync → health; how it ends is reported in this one place. */
export async function compareAndSync(operation: Operation): Promise<Outcome> {
  const { carried } = operation.input
  if (await gaveWayWhileWaiting(operation)) return operation.end('gives way to newer work')
  const compared = await compareOrFail(operation)
  if ('failure' in compared) return await notCompared(operation, compared.failure)
  const { rendered, plan } = compared
  const continued = carried?.inputs === rendered.inputs ? carried : undefined
  if (plan.action === 'none' && continued === undefined) {
    await operation.report({ rendered, conditions: [...rendered.warnings, ...plan.conditions] })
    return operation.end(`${short(rendered)}: ${plan.reason}`)
  }
  const progress: Progress = {
    startedAt: continued?.startedAt ?? Date.now(),
    results: [],
    changed: continued?.changed ?? [],
  }
  const end = await runSteps(operation, rendered, plan.steps, progress)
  if (end === 'superseded') {
    const { startedAt, changed } = progress
    return operation.end(`${short(rendered)}: gives way to newer work`, {
      carried: { inputs: rendered.inputs, startedAt, changed },
    })
  }
  if (end.failure?.type === SupersededError.name) return again(operation)
  await operation.report({
    rendered,
    conditions: rendered.warnings,
    operation: { ...factsOf(operation, rendered, progress), ...end, finishedAt: Date.now() },
  })
  return ended(operation, `${short(rendered)}: ${end.message}`, end.failure)
}

/** Self-heal beyond its budget waits; whatever comes meanwhile compares everything anyway. */
async function gaveWayWhileWaiting({ decision, inbox, report }: Operation): Promise<boolean> {
  const { delayMs = 0 } = decision
  if (delayMs <= 0) return false
  const message = `healed too often; the next self-heal is in ${Math.ceil(delayMs / 1000)} s`
  await report({ conditions: [{ type: 'SelfHealBackoff', message }] })
  return await condition(() => inbox.hasWork(), delayMs)
}

/** The Application changed meanwhile, or the cache lost what was rendered. */
function again(operation: Operation): Outcome {
  return operation.end('starts again', { retryInMs: 0 })
}

type Failure = FailureText & { readonly retryable?: boolean }
type Compared = { readonly rendered: RenderedManifests; readonly plan: SyncPlan }

async function compareOrFail(
  operation: Operation,
): Promise<Compared | { readonly failure: Failure }> {
  try {
    return await compare(operation)
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

/** A comparison that will sync nothing is quick work; one that may sync shows on the timeline. */
async function compare({ input, decision, wakes }: Operation): Promise<Compared> {
  const { application } = input
  const { specDigest } = decision
  const regular = decision.action === 'sync'
  // drift and health are judged against what was compared last; everything else wants news from Git
  const asked = wakes.filter(({ reason }) => reason !== 'drift' && reason !== 'health')
  const freshSince = Math.max(0, ...asked.map(({ at }) => at))
  const fetched = await steps.fetch.executeWithOptions({ summary: 'resolve the revision' }, [
    { application, specDigest, freshSince },
  ])
  upsertSearchAttributes({ Revision: [fetched.revision] })
  const toRender = { application, specDigest, fetched }
  const rendered = regular
    ? await steps.render.executeWithOptions({ summary: `render ${short(fetched)}` }, [toRender])
    : await quick.render(toRender)
  const toCompare = { application, rendered, prove: !regular }
  const comparison = regular
    ? await steps.diff.executeWithOptions({ summary: `compare ${rendered.count} objects` }, [
        toCompare,
      ])
    : await quick.diff(toCompare)
  const retry = (input.attempt ?? 0) > 0
  const plan = await quick.plan({ application, specDigest, rendered, comparison, retry })
  return { rendered, plan }
}

/** The desired state is not known: nothing is touched, the old state stays and is shown. */
async function notCompared(operation: Operation, failure: Failure): Promise<Outcome> {
  if (failure.type === SupersededError.name) return again(operation)
  await operation.report({ failure: { type: failure.type, message: failure.message } })
  return ended(operation, failure.message, failure)
}

function ended(operation: Operation, summary: string, failure: Failure | undefined): Outcome {
  const repeats = failure?.retryable === true && operation.decision.action === 'sync'
  return operation.end(
    summary,
    repeats ? { retryInMs: retryDelay(operation.input.attempt ?? 0) } : {},
  )
}

function short({ revision }: { readonly revision: string }): string {
  return revision.slice(0, 7)
}
