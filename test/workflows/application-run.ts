import { randomUUID } from 'node:crypto'
import type { ApplicationRef, Wake, WakeReason } from '../../core/flow.ts'
import {
  type ApplicationInput,
  applicationWorkflow,
  applicationWorkflowId,
  wakeSignal,
} from '../../workflows/contract.ts'
import type { Scripted } from '../fixtures/scripted-activities.ts'
import { inputOf } from '../harness/history.ts'
import { createWorld } from '../harness/workflow-world.ts'

/** The workflow of one application, with a worker of its own. */
export type ApplicationRun = {
  wake(reason: WakeReason, at?: number): Promise<void>
  /** What the last run said when nothing was left to do. */
  result(): Promise<unknown>
  /** What each run was started with, the oldest first. */
  inputs(): Promise<readonly ApplicationInput[]>
  close(): Promise<void>
}

export async function openApplication(
  temporal: string,
  activities: Scripted,
): Promise<ApplicationRun> {
  const application: ApplicationRef = {
    namespace: 'argocd',
    name: `shop-${randomUUID()}`,
    uid: 'u',
  }
  const id = applicationWorkflowId(application)
  const world = await createWorld(temporal, activities)
  return {
    wake: (reason, at) =>
      world.send({
        workflow: applicationWorkflow,
        id,
        input: { application } satisfies ApplicationInput,
        signal: wakeSignal,
        message: wakeOf(reason, at),
      }),
    result: () => world.result(id),
    inputs: async () => (await world.runs(id)).map((events) => inputOf<ApplicationInput>(events)),
    close: () => world.close(),
  }
}

export function wakeOf(reason: WakeReason, at = 1): Wake {
  return { reason, at }
}
