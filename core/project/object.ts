import type { Destination } from '../application.ts'
import { partsOf, type ResourceKey } from '../manifest/key.ts'
import { type AppProject, permitsDestination, permitsKind } from '../project.ts'

/**
 * Why an object may not be in the destination's cluster (PROJ-17): its kind, or the namespace that it
 * lies in, which need not be the destination's. Undefined when it may.
 */
export function whyForbidden(
  { metadata, spec }: AppProject,
  destination: Destination,
  key: ResourceKey,
): string | undefined {
  const { group, kind, namespace, name } = partsOf(key)
  const namespaced = namespace !== ''
  const does = `the project ${metadata.name} does not permit`
  if (!permitsKind(spec, { group, kind, name, namespaced })) {
    const list = namespaced ? 'namespaceResourceWhitelist' : 'clusterResourceWhitelist'
    return `${does} ${group === '' ? kind : `${group}/${kind}`}; add it to its ${list}`
  }
  if (!namespaced || permitsDestination(spec, { ...destination, namespace })) return undefined
  return `${does} objects in the namespace ${namespace}; add it to its destinations`
}
