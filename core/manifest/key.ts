import type { Manifest } from './manifest.ts'

/**
 * Names one object of a cluster: `group/kind/namespace/name`.
 * The group of core kinds and the namespace of cluster-wide objects are empty.
 */
export type ResourceKey = `${string}/${string}/${string}/${string}`

export type KeyParts = {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

export function keyOf(manifest: Manifest): ResourceKey {
  const { namespace = '', name = '' } = manifest.metadata
  return `${groupOf(manifest.apiVersion)}/${manifest.kind}/${namespace}/${name}`
}

export function keyFrom({ group, kind, namespace, name }: KeyParts): ResourceKey {
  return `${group}/${kind}/${namespace}/${name}`
}

/** The parts of a key; names hold no slash, so the split is exact. */
export function partsOf(key: ResourceKey): KeyParts {
  const [group = '', kind = '', namespace = '', name = ''] = key.split('/')
  return { group, kind, namespace, name }
}

/** `apps/v1` → `apps`; `v1` → the empty group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

/** As people write it: `Deployment shop/web`, or `ClusterRole.rbac.authorization.k8s.io admin`. */
export function showKey(key: ResourceKey): string {
  const { kind, namespace, name } = partsOf(key)
  return namespace === '' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}
