import { randomUUID } from 'node:crypto'
import { onTestFinished } from 'vitest'
import type { ApplicationRef, Wake, WakeReason } from '../../core/flow.ts'
import {
  type ApplicationInput,
  applicationWorkflow,
  applicationWorkflowId,
  wakeSignal,
} from '../../workflows/contract.ts'
import type { Scripted } from '../fixtures/scripted-activities.ts'
import { createWorld } from '../harness/workflow-world.ts'

/** The workflow of one application, with a worker of its own. */
export type ApplicationRun = {
  wake(reason: WakeReason, at?: number, uid?: string): Promise<void>
  /** What the last run said when nothing was left to do. */
  result(): Promise<unknown>
  /** What each run was started with, the oldest first. */
  inputs(): Promise<readonly ApplicationInput[]>
  /** How long each timer of the last run waits, in ms. */
  timers(): Promise<readonly number[]>
}

/** An Application that no other test knows. */
export function newApplication(): ApplicationRef {
  return { namespace: 'argocd', name: `shop-${randomUUID()}`, uid: 'u' }
}

/** Opens the workflow of a new application; its worker ends with the test. */
export async function openApplication(
  temporal: string,
  activities: Scripted,
): Promise<ApplicationRun> {
  const application = newApplication()
  const id = applicationWorkflowId(application)
  const world = await createWorld(temporal, activities)
  onTestFinished(() => world.close())
  return {
    wake: (reason, at, uid) =>
      world.send({
        workflow: applicationWorkflow,
        id,
        input: { application } satisfies ApplicationInput,
        signal: wakeSignal,
        message: { ...wakeOf(reason, at), ...(uid !== undefined && { uid }) },
      }),
    result: () => world.result(id),
    inputs: () => world.inputs<ApplicationInput>(id),
    timers: () => world.timers(id),
  }
}

/** One wake, as the workflow sees it. */
export function wakeOf(reason: WakeReason, at = 1): Wake {
  return { reason, at }
}
