import type { ClusterScope } from '../../core/cluster/declared.ts'
import { partsOf, type ResourceKey } from '../../core/manifest/key.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { createAccessReview, type Intent, ownUser } from './access-review.ts'
import { type ClusterWrites, clusterWrites } from './cluster-writes.ts'
import { createDiscovery, type Discovery, pathOf } from './discovery.ts'
import { createKindWatch, type KindName } from './kind-watch.ts'
import { type ListLimits, listMetadata } from './list-metadata.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'
import { type Reach, reachOf } from './reach.ts'
import { createSettledObjects, type SettledObjects } from './settled.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

/** One cluster: its live state as far as applications declare it, and the writes to it. */
export type Cluster = ClusterWrites & {
  readonly server: string
  readonly discovery: Discovery
  readonly live: Pick<LiveStore, 'get' | 'ofApplication' | 'subscribe'>
  /** What is proven equal. */
  readonly settled: SettledObjects
  /** Watches these kinds from now on; settles when all are listed. Those the cluster does not serve are returned. */
  watch(kinds: readonly KindName[]): Promise<readonly KindName[]>
  /** Whether objects of this kind are watched, as far as they carry our label. */
  watches(kind: KindName): boolean
  /** Whether every watch is up. */
  connected(): boolean
  /** The object as the server has it now, whatever its labels; undefined when there is none. */
  read(apiVersion: string, key: ResourceKey): Promise<Manifest | undefined>
  /** The same, and it is in `live` before this settles: for what is in no watch. */
  refresh(apiVersion: string, key: ResourceKey): Promise<Manifest | undefined>
  /** The objects of a kind in a namespace, read from the server now. */
  list(kind: KindName, namespace: string, labelSelector?: string): Promise<readonly Manifest[]>
  /** The metadata of all objects of a kind, page by page, read from the server now. */
  listMetadata(kind: KindName, limits: ListLimits): AsyncIterable<Manifest>
  /** Whether the API server lets us do this. */
  permits(intent: Intent): Promise<boolean>
  /** As whom the API server knows us. */
  user(): Promise<string>
  /** The version of the API server; NetworkError when it does not answer in time. */
  version(patienceMs?: number): Promise<string>
  /** What charts may ask about (HELM-15). */
  capabilities(): Promise<{ readonly kubeVersion: string; readonly apiVersions: readonly string[] }>
  close(): void
}

/** Without a scope all of the cluster is looked at. */
export function createCluster(
  transport: KubeTransport,
  onError: (error: unknown) => void,
  scope?: ClusterScope,
): Cluster {
  const reach = reachOf(scope)
  const discovery = createDiscovery(transport)
  const store = createLiveStore()
  const settled = createSettledObjects()
  const read = reads(transport, discovery, reach)
  const kinds = createKindWatch(transport, discovery, store, reach, onError)
  return {
    server: transport.server,
    discovery,
    live: store,
    settled,
    async watch(names) {
      const followed = await Promise.all(names.map((name) => kinds.follow(name)))
      return names.filter((_, index) => followed[index] === false)
    },
    watches: kinds.isFollowed,
    connected: kinds.connected,
    close: kinds.stop,
    ...read,
    permits: createAccessReview(transport, discovery),
    user: () => ownUser(transport),
    refresh: (apiVersion, key) => store.write(key, () => read.read(apiVersion, key)),
    ...clusterWrites(transport, discovery, reach, store, settled),
  }
}

function reads(
  transport: KubeTransport,
  discovery: Discovery,
  reach: Reach,
): Pick<Cluster, 'read' | 'list' | 'listMetadata' | 'version' | 'capabilities'> {
  const version = async (patienceMs?: number): Promise<string> => {
    const patience = patienceMs === undefined ? {} : { signal: AbortSignal.timeout(patienceMs) }
    return (await transport.request<{ gitVersion: string }>('/version', patience)).gitVersion
  }
  return {
    listMetadata: (kind, limits) =>
      listMetadata(transport, discovery, reach, { ...kind, ...limits }),
    version,
    async capabilities() {
      return { kubeVersion: await version(), apiVersions: await discovery.apiVersions() }
    },
    async read(apiVersion, key) {
      const { kind, namespace, name } = partsOf(key)
      const resource = await discovery.resource(apiVersion, kind)
      reach.check(resource, namespace, name)
      return await unlessGone(transport.request<Manifest>(pathOf(resource, namespace, name)))
    },
    async list({ group, kind }, namespace, labelSelector) {
      const resource = await discovery.preferred(group, kind)
      if (!reach.includes(resource, namespace)) return []
      const answer = await transport.request<{ items?: readonly Manifest[] }>(
        pathOf(resource, namespace),
        { query: { labelSelector } },
      )
      return answer.items ?? []
    },
  }
}
