import { partsOf, type ResourceKey } from '../../core/manifest/key.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { type ClusterWrites, clusterWrites } from './cluster-writes.ts'
import { createDiscovery, type Discovery, pathOf } from './discovery.ts'
import { createKindWatch, type KindName } from './kind-watch.ts'
import { type ListLimits, listMetadata } from './list-metadata.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'
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
  /** What charts may ask about (HELM-15). */
  capabilities(): Promise<{ readonly kubeVersion: string; readonly apiVersions: readonly string[] }>
  close(): void
}

export function createCluster(
  transport: KubeTransport,
  onError: (error: unknown) => void,
): Cluster {
  const discovery = createDiscovery(transport)
  const store = createLiveStore()
  const settled = createSettledObjects()
  const kinds = createKindWatch(transport, discovery, store, onError)
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
    ...reads(transport, discovery),
    refresh: (apiVersion, key) =>
      store.write(key, () => reads(transport, discovery).read(apiVersion, key)),
    ...clusterWrites(transport, discovery, store, settled),
  }
}

function reads(
  transport: KubeTransport,
  discovery: Discovery,
): Pick<Cluster, 'read' | 'list' | 'listMetadata' | 'capabilities'> {
  return {
    listMetadata: (kind, limits) => listMetadata(transport, discovery, { ...kind, ...limits }),
    async capabilities() {
      const { gitVersion } = await transport.request<{ gitVersion: string }>('/version')
      return { kubeVersion: gitVersion, apiVersions: await discovery.apiVersions() }
    },
    async read(apiVersion, key) {
      const { kind, namespace, name } = partsOf(key)
      const resource = await discovery.resource(apiVersion, kind)
      return await unlessGone(transport.request<Manifest>(pathOf(resource, namespace, name)))
    },
    async list({ group, kind }, namespace, labelSelector) {
      const resource = await discovery.preferred(group, kind)
      const answer = await transport.request<{ items?: readonly Manifest[] }>(
        pathOf(resource, namespace),
        { query: { labelSelector } },
      )
      return answer.items ?? []
    },
  }
}
