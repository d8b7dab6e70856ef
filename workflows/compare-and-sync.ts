import { condition, setCurrentDetails } from '@temporalio/workflow'
import { SupersededError } from '../core/errors.ts'
import type { FailureText, RenderedManifests, ResourceResult, SyncPlan } from '../core/flow.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import { shortRevision } from '../core/short-revision.ts'
import { hasPatch } from './behaviour.ts'
import { type Compared, compareOrFail } from './compare.ts'
import type { CarriedOperation } from './contract.ts'
import { operationDeadline } from './deadline.ts'
import { resultTable } from './details.ts'
import { giveUpCarried } from './early-end.ts'
import { attemptedBy, continuedOf, handedOn, isHeal, leftOf } from './left.ts'
import { type End, factsOf, notBegun, type Operation, type Progress } from './operation.ts'
import { type Outcome, repeatIn } from './outcome.ts'
import { revertInGit } from './revert.ts'
import { hasHooks, runSteps } from './run-steps.ts'
import { queuedBy } from './window.ts'

/** fetch → render → diff → plan → sync → health; how it ends is reported in this one place. */
export async function compareAndSync(operation: Operation): Promise<Outcome> {
  const { decision, input } = operation
  const { carried } = input
  if (await gaveWayWhileWaiting(operation)) {
    return operation.end('gives way to newer work', handedOn(operation))
  }
  const compared = await compareOrFail(operation)
  if ('failure' in compared) {
    return { ...(await notCompared(operation, compared.failure)), ...handedOn(operation) }
  }
  const { rendered, plan, trouble } = compared
  const continued = continuedOf(input, rendered)
  if (carried !== undefined && continued === undefined && hasPatch(decision, 'record-superseded')) {
    await giveUpCarried(operation, short(rendered))
  }
  if (plan.action === 'none' && continued === undefined) {
    if (trouble !== undefined) {
      return { ...(await notCompared(operation, trouble)), ...handedOn(operation) }
    }
    await operation.report({
      rendered,
      conditions: [...rendered.warnings, ...plan.conditions],
      ...(decision.refresh !== undefined && { refreshed: decision.refresh }),
    })
    return operation.end(`${short(rendered)}: ${plan.reason}`, {
      ...queuedBy(plan, decision),
      ...handedOn(operation),
    })
  }
  const progress = progressFrom(operation, compared)
  const end = await runSteps(operation, rendered, plan, progress)
  if (end === 'superseded') {
    return operation.end(`${short(rendered)}: gives way to newer work`, {
      carried: carriedFrom(rendered, plan, progress),
    })
  }
  if (end.failure?.type === SupersededError.name) return again(operation)
  const outcome = await ended(operation, rendered, progress, end)
  await revertInGit(operation, end)
  // what drifted is healed; the news that was asked for is still to come
  const isOpen = trouble !== undefined && outcome.retryInMs === undefined
  return isOpen ? await notCompared(operation, trouble) : outcome
}

function progressFrom(
  operation: Operation,
  { rendered, plan: { unpruned = [], heal }, trouble }: Compared,
): Progress {
  const { input } = operation
  const continued = continuedOf(input, rendered)
  const startedAt = continued?.startedAt ?? Date.now()
  return {
    startedAt,
    begunAt: continued?.begunAt ?? input.begunAt ?? startedAt,
    stale: trouble !== undefined,
    waveBegunAt: Date.now(),
    results: unpruned.map(notPruned),
    changed: leftOf(input, rendered)?.changed ?? [],
    heal: heal === true || isHeal(operation, rendered),
  }
}

function carriedFrom(
  { inputs, revision }: RenderedManifests,
  plan: SyncPlan,
  { startedAt, begunAt, changed, heal }: Progress,
): CarriedOperation {
  const first = begunAt === startedAt ? {} : { begunAt }
  const mends = heal ? { heal } : {}
  return { inputs, revision, startedAt, ...first, changed, hooks: hasHooks(plan), ...mends }
}

function notPruned(key: ResourceKey): ResourceResult {
  return { key, status: 'PruneSkipped', message: 'ignored (requires pruning)' }
}

/** Reports how the operation ended; one that somebody asked for stays open while it is to be repeated. */
async function ended(
  operation: Operation,
  rendered: RenderedManifests,
  progress: Progress,
  end: End,
): Promise<Outcome> {
  const { request, refresh } = operation.decision
  const retryInMs = end.failure && retryOf(operation, end.failure, progress.begunAt)
  const repeats = request !== undefined && retryInMs !== undefined
  const { phase, message, failure } = end
  const left = end.notBegun === true ? handedOn(operation) : attemptedBy(rendered, progress)
  setCurrentDetails(resultTable(`${phase}: ${message}`, progress.results))
  await operation.report({
    rendered,
    conditions: rendered.warnings,
    ...(refresh !== undefined && { refreshed: refresh }),
    ...(request !== undefined && !repeats && { answers: request }),
    operation: {
      ...factsOf(operation, rendered, progress),
      message: repeats ? `${message}. Retrying in ${Math.round(retryInMs / 1000)} s` : message,
      phase: repeats ? 'Running' : phase,
      ...(failure !== undefined && { failure }),
      ...(!repeats && { finishedAt: Date.now() }),
      ...(retryInMs !== undefined && { repeats: true as const }),
    },
  })
  return operation.end(
    `${short(rendered)}: ${message}`,
    retryInMs === undefined ? {} : { retryInMs, begunAt: progress.begunAt, ...left },
  )
}

function retryOf(operation: Operation, failure: FailureText, begunAt: number): number | undefined {
  const { decision, input } = operation
  if (decision.action !== 'sync') return undefined
  const automated = decision.request === undefined
  const inMs = repeatIn(failure, input.attempt ?? 0, decision.retry, automated)
  const end = operationDeadline(operation, begunAt)?.at ?? Number.POSITIVE_INFINITY
  return inMs !== undefined && Date.now() + inMs < end ? inMs : undefined
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
  return operation.end('starts again', { retryInMs: 0, ...handedOn(operation) })
}

/** The desired state is not known: nothing is touched, the old state stays and is shown. */
async function notCompared(operation: Operation, failure: FailureText): Promise<Outcome> {
  if (failure.type === SupersededError.name) return again(operation)
  const { decision, input } = operation
  const { request, refresh } = decision
  const begunAt = input.begunAt ?? Date.now()
  const retryInMs = retryOf(operation, failure, begunAt)
  const { type, message } = failure
  await operation.report({
    failure: { type, message },
    begunAt,
    ...(refresh !== undefined && { refreshed: refresh }),
    // a sync that cannot be compared has failed (SYNC-32)
    ...(request !== undefined &&
      retryInMs === undefined && {
        answers: request,
        operation: { ...notBegun(decision, message, failure), begunAt },
      }),
  })
  const later = retryInMs === undefined ? {} : { retryInMs, begunAt }
  return operation.end(message, later)
}

function short({ revision }: { readonly revision: string }): string {
  return shortRevision(revision)
}
