import { NotFoundError } from '../core/errors.ts'
import type { ApplicationRef } from '../core/flow.ts'
import { isResourcesFinalizer } from '../core/policy/decide.ts'
import type { ActivityClients } from './clients.ts'
import { currentApplication } from './current.ts'

export type ReleaseInput = { readonly application: ApplicationRef }

/** Lets a deleted Application go by taking our finalizer off; harmless when it is gone already. */
export function createRelease({ applications }: Pick<ActivityClients, 'applications'>) {
  return async ({ application: ref }: ReleaseInput): Promise<void> => {
    const current = await currentApplication(applications, ref)
    if (current === undefined) return
    const { finalizers = [], resourceVersion, uid } = current.object.metadata
    const kept = finalizers.filter((name) => !isResourcesFinalizer(name))
    if (kept.length === finalizers.length) return
    try {
      await applications.patch(ref, { metadata: { finalizers: kept, resourceVersion, uid } })
    } catch (error) {
      // done before by a run whose answer was lost, and our watch has not heard of it yet
      if (!(error instanceof NotFoundError)) throw error
    }
  }
}
