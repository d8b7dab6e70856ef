import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import { isHook, phasesOf } from '../core/plan/phase.ts'
import { withHookFinalizers } from '../core/policy/finalizers.ts'
import { changeFinalizers } from './change-finalizers.ts'
import type { Desired } from './rendered.ts'

/**
 * Keeps the Application from going before the hooks of its deletion have run (HOOK-14, HOOK-15): its
 * finalizers say which of them are declared. They stand before anything is deployed.
 */
export async function keepForHooks(
  applications: ApplicationIndex,
  { ref, object }: StoredApplication,
  declared: readonly Desired[],
): Promise<void> {
  // the API server takes no new finalizer for an object that is on its way out
  if (object.metadata.deletionTimestamp !== undefined) return
  const hooks = declared.filter(({ manifest }) => isHook(manifest))
  const phases = new Set(hooks.flatMap(({ manifest }) => phasesOf(manifest)))
  await changeFinalizers(applications, ref, (names) => withHookFinalizers(names, phases))
}
