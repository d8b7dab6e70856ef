import type { ApplicationIndex } from '../clients/applications.ts'
import { ConflictError, NotFoundError } from '../core/errors.ts'
import type { ApplicationRef } from '../core/flow.ts'
import { currentApplication } from './current.ts'

const maxConflicts = 8

/**
 * Gives the Application the finalizers that `change` makes of those it has; harmless when it is
 * gone. They are a plain list in a merge patch: what others add meanwhile must not be lost.
 */
export async function changeFinalizers(
  applications: ApplicationIndex,
  ref: ApplicationRef,
  change: (finalizers: readonly string[]) => readonly string[],
): Promise<void> {
  let current = await currentApplication(applications, ref)
  for (let attempt = 0; current?.ref.uid === ref.uid; attempt++) {
    const { finalizers: before = [], resourceVersion, uid } = current.object.metadata
    const finalizers = change(before)
    if (finalizers.length === before.length && finalizers.every((name) => before.includes(name)))
      return
    try {
      await applications.patch(ref, { metadata: { finalizers, resourceVersion, uid } })
      return
    } catch (error) {
      // done before by a run whose answer was lost, and our watch has not heard of it yet
      if (error instanceof NotFoundError) return
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
    }
    current = await applications.read(ref.namespace, ref.name)
  }
}
