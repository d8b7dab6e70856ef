import { assessHealth } from '../health/assess.ts'
import type { Health } from '../health/health.ts'
import { groupOf, keyFrom, keyOf, partsOf, type ResourceKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { ResourceStatus } from '../status/status.ts'
import { detailsOf, type ResourceInfo } from './details.ts'

/** One object of an application's tree, in Argo CD's shape (API-11). */
export type ResourceNode = {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid?: string
  readonly parentRefs?: readonly ParentReference[]
  readonly info?: readonly ResourceInfo[]
  readonly images?: readonly string[]
  readonly resourceVersion?: string
  readonly createdAt?: string
  readonly health?: Health
}
type ParentReference = {
  readonly group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

/** The health of a live object; undefined for kinds without one. */
type Assess = (live: Manifest) => Health | undefined

export type ResourceTree = { readonly nodes: readonly ResourceNode[] }

/**
 * The managed objects and all that comes of them by owner references. A managed object that is not
 * live has a node without uid; `live` may hold objects that have nothing to do with the application.
 */
export function resourceTree(
  managed: readonly ResourceStatus[],
  live: readonly Manifest[],
  assess: Assess = assessHealth,
): ResourceTree {
  const byKey = new Map(live.map((object) => [keyOf(object), object]))
  const roots = managed.map((resource) => ({ resource, object: byKey.get(keyFrom(resource)) }))
  const nodes = roots.map(({ resource, object }) =>
    object === undefined ? missing(resource) : nodeOf(object, [], assess),
  )
  const seen = new Set(roots.flatMap(({ object }) => object?.metadata.uid ?? []))
  let parents = roots.flatMap(({ object }) => object ?? [])
  while (parents.length > 0) {
    const children = childrenOf(parents, live).filter(({ object }) => {
      const { uid = '' } = object.metadata
      return !seen.has(uid) && seen.add(uid)
    })
    nodes.push(...children.map(({ object, owners }) => nodeOf(object, owners, assess)))
    parents = children.map(({ object }) => object)
  }
  return { nodes }
}

type Child = { readonly object: Manifest; readonly owners: readonly Manifest[] }

function childrenOf(parents: readonly Manifest[], live: readonly Manifest[]): readonly Child[] {
  const byUid = new Map(parents.map((parent) => [parent.metadata.uid, parent]))
  const services = new Map(
    parents.filter(({ kind }) => kind === 'Service').map((service) => [keyOf(service), service]),
  )
  return live.flatMap((object) => {
    const owned = (object.metadata.ownerReferences ?? []).flatMap(({ uid }) => byUid.get(uid) ?? [])
    // Endpoints name no owner: they belong to the Service of their name
    const service = isEndpoints(object) ? services.get(serviceKey(object)) : undefined
    const owners = service === undefined ? owned : [...owned, service]
    return owners.length === 0 ? [] : [{ object, owners }]
  })
}

function isEndpoints({ apiVersion, kind }: Manifest): boolean {
  return apiVersion === 'v1' && kind === 'Endpoints'
}

function serviceKey(endpoints: Manifest): ResourceKey {
  return keyFrom({ ...partsOf(keyOf(endpoints)), kind: 'Service' })
}

function missing({ group, version, kind, namespace, name }: ResourceStatus): ResourceNode {
  return { group, version, kind, namespace, name, health: { status: 'Missing' } }
}

function nodeOf(object: Manifest, owners: readonly Manifest[], assess: Assess): ResourceNode {
  const { uid, resourceVersion, creationTimestamp } = object.metadata
  const health = assess(object)
  const parentRefs = owners.map((owner) => ({
    ...partsOf(keyOf(owner)),
    uid: owner.metadata.uid ?? '',
  }))
  return {
    ...partsOf(keyOf(object)),
    version: versionOf(object.apiVersion),
    ...(uid !== undefined && { uid }),
    ...(parentRefs.length > 0 && { parentRefs }),
    ...detailsOf(object),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(creationTimestamp && { createdAt: creationTimestamp }),
    ...(health !== undefined && { health }),
  }
}

function versionOf(apiVersion: string): string {
  const group = groupOf(apiVersion)
  return apiVersion.slice(group === '' ? 0 : group.length + 1)
}
