import type { ApplicationRef, Comparison, RenderedManifests, SyncPlan } from '../core/flow.ts'
import { planSync } from '../core/plan/plan.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { unchangedApplication } from './current.ts'

export type PlanInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  readonly rendered: RenderedManifests
  readonly comparison: Comparison
  readonly retry: boolean
}

/** Decides what of the differences is synced, and in which order. */
export function createPlan({ applications }: ActivityClients) {
  return async ({ application: ref, ...input }: PlanInput): Promise<SyncPlan> => {
    const { application, object } = await unchangedApplication(applications, ref, input.specDigest)
    const { lastAttempt } = statusOf(object).driftless ?? {}
    return planSync({ ...input, application, lastAttempt })
  }
}
