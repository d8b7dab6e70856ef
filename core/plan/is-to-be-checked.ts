import type { Application } from '../application.ts'
import type { SyncStep } from '../flow.ts'
import { partsOf } from '../manifest/key.ts'
import { failsOnShared } from './write-way.ts'

// kinds of which the API server refuses most changes: that they were let in once says nothing
const hardlyChangeable = new Set([
  'batch/Job',
  '/Pod',
  'apps/StatefulSet',
  '/PersistentVolumeClaim',
  '/PersistentVolume',
  'storage.k8s.io/StorageClass',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
])

/**
 * Whether all changes are tried before the first is made (design §7). Updates of one wave whose
 * kinds (`group/kind`) were accepted in the last sync are not: their apply itself tells.
 */
export function isToBeChecked(
  application: Application,
  steps: readonly SyncStep[],
  accepted: ReadonlySet<string>,
): boolean {
  if (failsOnShared(application)) return true
  if (steps.length > 1 || steps.some(({ hooks = [] }) => hooks.length > 0)) return true
  return steps
    .flatMap(({ changes }) => changes)
    .some(({ key, action }) => {
      const { group, kind } = partsOf(key)
      const name = `${group}/${kind}`
      const isKnown = accepted.has(name) && !hardlyChangeable.has(name)
      return action === 'create' || (action === 'update' && !isKnown)
    })
}
