import type {
  ApplicationRef,
  Comparison,
  OperationRequest,
  RenderedManifests,
  SyncPlan,
} from '../core/flow.ts'
import { planSync } from '../core/plan/plan.ts'
import { withOptionsOf } from '../core/policy/request.ts'
import { type OperationState, statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { unchangedApplication } from './current.ts'

/** What the plan needs to know beside the differences. */
export type Planning = {
  readonly specDigest: string
  readonly retry: boolean
  readonly request?: OperationRequest
  readonly heal?: boolean
  readonly continued?: boolean
  /** Why nothing may be synced now. */
  readonly blocked?: string
}
export type PlanInput = Planning & {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  readonly comparison: Comparison
}

/**
 * Decides what of the differences is synced, and in which order. A step of its own only in runs of
 * before; since then `diff` plans at once.
 */
export function createPlan({ applications }: ActivityClients) {
  return async ({ application: ref, ...input }: PlanInput): Promise<SyncPlan> => {
    const { specDigest, request } = input
    const { application, object } = await unchangedApplication(applications, ref, specDigest)
    const { driftless, operationState } = statusOf(object)
    const { lastAttempt, hold } = driftless ?? {}
    return planSync({
      ...input,
      application: withOptionsOf(application, request),
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
