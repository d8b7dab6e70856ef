import type {
  ApplicationRef,
  OperationRequest,
  RenderedManifests,
  SyncResult,
  SyncStep,
} from '../core/flow.ts'
import type { ActivityClients } from './clients.ts'
import { watchKinds } from './compare.ts'
import { askedApplication, destinationOf } from './current.ts'
import { readDesired } from './rendered.ts'
import { tryChanges } from './try-changes.ts'

export type CheckInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  readonly steps: readonly SyncStep[]
  readonly request?: OperationRequest
}

/** Tries the whole plan as a dry-run; what is refused is said together, before anything is written. */
export function createCheck(clients: ActivityClients) {
  return async ({
    application: ref,
    rendered,
    steps,
    request,
  }: CheckInput): Promise<SyncResult> => {
    const current = await askedApplication(clients.applications, ref, request)
    const { objects } = await readDesired(clients, rendered.digest, current)
    await watchKinds(destinationOf(clients, current), objects)
    const changes = steps.flatMap((step) => step.changes)
    const hooks = steps.flatMap((step) => step.hooks ?? [])
    const resources = await tryChanges(clients, current, objects, { changes, hooks })
    return { resources, refusedBeforehand: resources.length > 0 }
  }
}
