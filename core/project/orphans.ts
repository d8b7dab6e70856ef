import type { Destination } from '../application.ts'
import type { ConditionText } from '../flow.ts'
import { globMatch } from '../glob.ts'
import { keyOf, partsOf, type ResourceKey, showKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { instanceOf } from '../manifest/tracking.ts'
import type { AppProject } from '../project.ts'
import { whyForbidden } from './object.ts'

/** The condition that names them. */
export const orphanCondition = 'OrphanedResourceWarning'

const shown = 5
/** What every namespace has by itself. */
const builtIn = (key: ResourceKey) =>
  /^\/ServiceAccount\/[^/]*\/default$|^\/ConfigMap\/[^/]*\/kube-root-ca\.crt$/.test(key) ||
  key === '/Service/default/kubernetes'

/** Whether people of the project are told of objects that belong to no Application (PROJ-07). */
export function warnsOfOrphans({ spec: { orphanedResources } }: AppProject): boolean {
  return orphanedResources !== undefined && orphanedResources.warn !== false
}

type Surroundings = {
  readonly project: AppProject
  readonly destination: Destination
  /** All Applications, as tracking ids name them. */
  readonly instances: ReadonlySet<string>
}

/**
 * Whether a live object has neither an owner nor an Application, although the project would permit
 * one to have it; `ignore` of the project takes out what is meant to be there (PROJ-07).
 */
export function isOrphan(
  object: Manifest,
  { project, destination, instances }: Surroundings,
): boolean {
  const instance = instanceOf(object)
  if (instance !== undefined && instances.has(instance)) return false
  if ((object.metadata.ownerReferences ?? []).length > 0) return false
  const key = keyOf(object)
  if (builtIn(key) || whyForbidden(project, destination, key) !== undefined) return false
  const { group, kind, name } = partsOf(key)
  return !(project.spec.orphanedResources?.ignore ?? []).some(
    (rule) =>
      globMatch(rule.group ?? '', group) &&
      globMatch(rule.kind ?? '', kind) &&
      (!rule.name || globMatch(rule.name, name)),
  )
}

/** What people are told of them; nothing when there are none. */
export function orphanWarning(
  namespace: string,
  orphans: readonly ResourceKey[],
): readonly ConditionText[] {
  if (orphans.length === 0) return []
  const names = orphans.toSorted().slice(0, shown).map(showKey).join(', ')
  const more = orphans.length > shown ? ` and ${orphans.length - shown} more` : ''
  const message = `objects in the namespace ${namespace} belong to no Application: ${names}${more}; declare or delete them, or name them in orphanedResources.ignore of the AppProject`
  return [{ type: orphanCondition, message }]
}
