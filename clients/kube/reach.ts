import type { ClusterScope } from '../../core/cluster/declared.ts'
import { PermissionError } from '../../core/errors.ts'
import type { Resource } from './discovery.ts'

/** What of a cluster is ours to look at and to write (CLUS-06). */
export type Reach = {
  /** Where objects of the kind are listed: in these namespaces; `undefined` is everywhere at once. */
  partsOf(resource: Resource): readonly (string | undefined)[]
  includes(resource: Resource, namespace: string | undefined): boolean
  /** PermissionError for an object that is out of reach. */
  check(resource: Resource, namespace: string | undefined, name: string | undefined): void
}

export function reachOf(scope: ClusterScope | undefined): Reach {
  const includes: Reach['includes'] = ({ namespaced }, namespace) => {
    if (scope === undefined) return true
    return namespaced ? scope.namespaces.includes(namespace ?? '') : scope.clusterResources
  }
  return {
    includes,
    partsOf({ namespaced }) {
      if (scope === undefined) return [undefined]
      if (namespaced) return scope.namespaces
      return scope.clusterResources ? [undefined] : []
    },
    check(resource, namespace, name) {
      if (includes(resource, namespace)) return
      const { kind, namespaced } = resource
      throw new PermissionError(
        namespaced
          ? `${kind} ${name} is in the namespace ${namespace}, which the Secret of the cluster does not list in namespaces`
          : `${kind} ${name} lies in no namespace, and the Secret of the cluster lists namespaces without clusterResources: "true"`,
      )
    },
  }
}
