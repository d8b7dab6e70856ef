import { fieldManager } from '../../core/diff/owned.ts'
import { ConflictError, NotFoundError } from '../../core/errors.ts'
import { keyOf, partsOf, type ResourceKey } from '../../core/manifest/key.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { createDiscovery, type Discovery, pathOf } from './discovery.ts'
import { createKindWatch, type KindName } from './kind-watch.ts'
import { createLiveStore, type LiveStore } from './live-store.ts'
import { createSettledObjects, type SettledObjects } from './settled.ts'
import type { KubeTransport } from './transport.ts'

export type DeletePropagation = 'Foreground' | 'Background' | 'Orphan'

/** One cluster: its live state as far as applications declare it, and the writes to it. */
export type Cluster = {
  readonly server: string
  readonly discovery: Discovery
  readonly live: Pick<LiveStore, 'get' | 'ofApplication' | 'subscribe'>
  /** What is proven equal. */
  readonly settled: SettledObjects
  /** Watches these kinds from now on; settles when all are listed. Those the cluster does not serve are returned. */
  watch(kinds: readonly KindName[]): Promise<readonly KindName[]>
  /** Whether every watch is up. */
  connected(): boolean
  /** The object as the server has it now, whatever its labels; undefined when there is none. */
  read(apiVersion: string, key: ResourceKey): Promise<Manifest | undefined>
  /** The same, and it is in `live` before this settles: for what is in no watch. */
  refresh(apiVersion: string, key: ResourceKey): Promise<Manifest | undefined>
  /** Server-side apply with forced conflicts; the answer is in `live` before this settles. */
  apply(desired: Manifest): Promise<Manifest>
  /** What an apply would give, without doing it. */
  dryRun(desired: Manifest): Promise<Manifest>
  /** Takes a finalizer off this very object; harmless when it is gone or has none. */
  release(live: Manifest, finalizer: string): Promise<void>
  /** Deletes this very object (by uid); says false when it was gone already. */
  remove(live: Manifest, propagation: DeletePropagation): Promise<boolean>
  /** The objects of a kind in a namespace, read from the server now. */
  list(kind: KindName, namespace: string, labelSelector?: string): Promise<readonly Manifest[]>
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
  const kinds = createKindWatch(transport, discovery, store, onError)
  return {
    server: transport.server,
    discovery,
    live: store,
    settled: createSettledObjects(),
    async watch(names) {
      const followed = await Promise.all(names.map((name) => kinds.follow(name)))
      return names.filter((_, index) => followed[index] === false)
    },
    connected: kinds.connected,
    close: kinds.stop,
    ...reads(transport, discovery),
    refresh: (apiVersion, key) =>
      store.write(key, () => reads(transport, discovery).read(apiVersion, key)),
    ...writes(transport, discovery, store),
  }
}

function reads(
  transport: KubeTransport,
  discovery: Discovery,
): Pick<Cluster, 'read' | 'list' | 'capabilities'> {
  return {
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

function writes(
  transport: KubeTransport,
  discovery: Discovery,
  store: LiveStore,
): Pick<Cluster, 'apply' | 'dryRun' | 'release' | 'remove'> {
  const patch = async (desired: Manifest, dryRun: boolean): Promise<Manifest> => {
    const resource = await discovery.resource(desired.apiVersion, desired.kind)
    const { namespace, name = '' } = desired.metadata
    return await transport.request<Manifest>(pathOf(resource, namespace, name), {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force: 'true', dryRun: dryRun ? 'All' : undefined },
      body: desired,
    })
  }
  return {
    apply: async (desired) =>
      (await store.write(keyOf(desired), () => patch(desired, false))) ?? desired,
    dryRun: (desired) => patch(desired, true),
    async release(live, finalizer) {
      const resource = await discovery.resource(live.apiVersion, live.kind)
      const { namespace, name = '' } = live.metadata
      await store.write(keyOf(live), () =>
        release(transport, pathOf(resource, namespace, name), live, finalizer),
      )
    },
    async remove(live, propagationPolicy) {
      const resource = await discovery.resource(live.apiVersion, live.kind)
      const { namespace, name = '', uid } = live.metadata
      const removed = await unlessGone(
        transport.request<object>(pathOf(resource, namespace, name), {
          method: 'DELETE',
          body: {
            apiVersion: 'v1',
            kind: 'DeleteOptions',
            propagationPolicy,
            preconditions: { uid },
          },
        }),
      )
      return removed !== undefined
    },
  }
}

const maxConflicts = 8

/** Finalizers are a plain list in a merge patch: what others add meanwhile must not be lost. */
async function release(
  transport: KubeTransport,
  path: string,
  { metadata: { uid } }: Manifest,
  finalizer: string,
): Promise<Manifest | undefined> {
  for (let attempt = 0; ; attempt++) {
    const now = await unlessGone(transport.request<Manifest>(path))
    const { finalizers = [], resourceVersion } = now?.metadata ?? {}
    if (now?.metadata.uid !== uid || !finalizers.includes(finalizer)) return now
    const metadata = {
      resourceVersion,
      uid,
      finalizers: finalizers.filter((one) => one !== finalizer),
    }
    try {
      return await unlessGone(
        transport.request<Manifest>(path, {
          method: 'PATCH',
          contentType: 'application/merge-patch+json',
          query: { fieldManager },
          body: { metadata },
        }),
      )
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
    }
  }
}

async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
