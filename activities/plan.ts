import type {
  ApplicationRef,
  Comparison,
  OperationRequest,
  RenderedManifests,
  SyncPlan,
} from '../core/flow.ts'
import { planSync } from '../core/plan/plan.ts'
import { type OperationState, statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { unchangedApplication } from './current.ts'

export type PlanInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  readonly rendered: RenderedManifests
  readonly comparison: Comparison
  readonly retry: boolean
  readonly request?: OperationRequest
  readonly heal?: boolean
  readonly continued?: boolean
}

/** Decides what of the differences is synced, and in which order. */
export function createPlan({ applications }: ActivityClients) {
  return async ({ application: ref, ...input }: PlanInput): Promise<SyncPlan> => {
    const { application, object } = await unchangedApplication(applications, ref, input.specDigest)
    const { driftless, operationState } = statusOf(object)
    const { lastAttempt, hold } = driftless ?? {}
    return planSync({
      ...input,
      application,
      lastAttempt,
      hold,
      acceptedKinds: acceptedIn(operationState),
    })
  }
}

/** What the API server took in the last sync, as `group/kind`. */
function acceptedIn(state: OperationState | undefined): ReadonlySet<string> {
  const resources = state?.phase === 'Succeeded' ? state.syncResult.resources : []
  return new Set(resources.map(({ group, kind }) => `${group}/${kind}`))
}
