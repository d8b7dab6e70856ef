import type { ApplicationRef } from '../core/flow.ts'
import {
  type DeletePhase,
  isHookFinalizer,
  isResourcesFinalizer,
} from '../core/policy/finalizers.ts'
import { changeFinalizers } from './change-finalizers.ts'
import type { ActivityClients } from './clients.ts'

export type ReleaseInput = {
  readonly application: ApplicationRef
  /** The hooks of a deletion that are done; the resources when absent. */
  readonly phase?: DeletePhase
}

/**
 * Takes the finalizers off that stand for this part of a deletion; with the last one the Application
 * goes. Harmless when it is gone already.
 */
export function createRelease({ applications }: Pick<ActivityClients, 'applications'>) {
  return async ({ application: ref, phase }: ReleaseInput): Promise<void> => {
    const isDone = (name: string): boolean =>
      phase === undefined ? isResourcesFinalizer(name) : isHookFinalizer(name, phase)
    await changeFinalizers(applications, ref, (names) => names.filter((name) => !isDone(name)))
  }
}
