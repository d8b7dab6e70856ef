import { ApplicationFailure, Context } from '@temporalio/activity'
import { PlatformError, RateLimited } from '../core/errors.ts'
import { createCheck } from './check.ts'
import type { ActivityClients } from './clients.ts'
import { createConfirmed } from './confirmed.ts'
import { createDecide } from './decide.ts'
import { createDiff } from './diff.ts'
import { createFetch } from './fetch.ts'
import { createHealth } from './health.ts'
import { createHook } from './hook.ts'
import { createNotify } from './notify.ts'
import { createObserve } from './observe.ts'
import { createPlan } from './plan.ts'
import { createPlanDeletion } from './plan-deletion.ts'
import { createPublish } from './publish.ts'
import { createRelease } from './release.ts'
import { createRemove } from './remove.ts'
import { createRender } from './render.ts'
import { createReport } from './report.ts'
import { createRepositories } from './repositories.ts'
import { createRevert } from './revert.ts'
import { createSettleHooks } from './settle-hooks.ts'
import { createSync } from './sync.ts'

/**
 * The only door to the activities. Every one is idempotent: it may run twice, and its process may
 * die at any point of it. Errors leave as failures whose type is the class name of core/errors.ts.
 * Those of several clusters share what is known of repositories.
 */
export function createActivities(
  clients: ActivityClients,
  repositories = createRepositories(clients.now),
) {
  const notices = createNotify(clients)
  const fetch = createFetch(clients, repositories)
  const render = createRender(clients)
  return {
    decide: durable(createDecide(clients)),
    fetch: durable(fetch),
    render: durable(render),
    diff: durable(createDiff(clients)),
    plan: durable(createPlan(clients)),
    check: durable(createCheck(clients)),
    confirmed: durable(createConfirmed(clients)),
    sync: durable(createSync(clients)),
    hook: durable(createHook(clients)),
    settleHooks: durable(createSettleHooks(clients)),
    health: durable(createHealth(clients)),
    report: durable(createReport(clients)),
    publish: durable(createPublish(clients)),
    observe: durable(createObserve(clients, repositories)),
    planDeletion: durable(createPlanDeletion(clients, { repositories, fetch, render })),
    remove: durable(createRemove(clients)),
    release: durable(createRelease(clients)),
    revert: durable(createRevert(clients)),
    postMessage: durable(notices.postMessage),
    updateMessage: durable(notices.updateMessage),
    replyInThread: durable(notices.replyInThread),
    announce: durable(notices.announce),
  }
}
export type Activities = ReturnType<typeof createActivities>

const heartbeatMs = 1_500

type Step<I, O> = (input: I) => Promise<O>

/** Heartbeats while the step runs, so that its worker's death is noticed, and types its failures. */
function durable<I, O>(step: Step<I, O>): Step<I, O> {
  return async (input) => {
    const context = Context.current()
    const beat = setInterval(() => context.heartbeat(), heartbeatMs)
    try {
      return await step(input)
    } catch (error) {
      throw typed(error)
    } finally {
      clearInterval(beat)
    }
  }
}

function typed(error: unknown): unknown {
  if (!(error instanceof PlatformError)) return error
  return ApplicationFailure.create({
    type: error.name,
    message: error.message,
    // only what can pass within seconds is repeated at once; the operation itself comes back later
    nonRetryable: error.name !== 'NetworkError' && !(error instanceof RateLimited),
    ...(error instanceof RateLimited && { nextRetryDelay: error.retryAfterMs }),
  })
}
