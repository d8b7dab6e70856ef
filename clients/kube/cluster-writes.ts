import { fieldManager, ownedDigest } from '../../core/diff/owned.ts'
import { ConflictError } from '../../core/errors.ts'
import { groupOf, keyOf, type ResourceKey } from '../../core/manifest/key.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import type { Propagation } from '../../core/plan/write-way.ts'
import { apiVersionOf, type Discovery, pathOf } from './discovery.ts'
import type { LiveStore } from './live-store.ts'
import type { SettledObjects } from './settled.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

/** Whether fields that the kind does not know are refused, or dropped where the server does that. */
export type FieldValidation = 'Strict' | 'Ignore'

export type ApplyOptions = {
  /** `Strict` unless given. */
  readonly validation?: FieldValidation
  /** Digest of what is declared: the apply is the proof that the object is equal to it. */
  readonly digest?: string
}

export type ClusterWrites = {
  /** Server-side apply with forced conflicts; the object as watches show it is in `live` before this settles. */
  apply(desired: Manifest, options?: ApplyOptions): Promise<Manifest>
  /** What an apply would give, without doing it; by itself it refuses no unknown field. */
  dryRun(desired: Manifest, validation?: FieldValidation): Promise<Manifest>
  /** Puts the declared in the place of this very state of the object: what is not declared goes. */
  replace(desired: Manifest, live: Manifest, validation?: FieldValidation): Promise<void>
  /** Puts a label on this very object (by uid) and nothing else; it is in `live` before this settles. */
  label(live: Manifest, name: string, value: string): Promise<void>
  /** Takes a finalizer off this very object; harmless when it is gone or has none. */
  release(live: Manifest, finalizer: string): Promise<void>
  /** Deletes this very object (by uid); says false when it was gone already. */
  remove(live: Manifest, propagation: Propagation): Promise<boolean>
}

/** Writes to one cluster; what the server answers is in the live store before they settle. */
export function clusterWrites(
  transport: KubeTransport,
  discovery: Discovery,
  store: LiveStore,
  settled: SettledObjects,
): ClusterWrites {
  const pathOfObject = async ({ apiVersion, kind, metadata }: Manifest): Promise<string> => {
    const resource = await discovery.resource(apiVersion, kind)
    return pathOf(resource, metadata.namespace, metadata.name ?? '')
  }
  const patch = async (
    desired: Manifest,
    fieldValidation: FieldValidation,
    dryRun: boolean,
  ): Promise<Manifest> => {
    return await transport.request<Manifest>(await pathOfObject(desired), {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force: 'true', fieldValidation, dryRun: dryRun ? 'All' : undefined },
      body: desired,
    })
  }
  /** The watch shows kinds in the version that the server prefers; what is kept of them has to be alike. */
  const asWatched = async (applied: Manifest): Promise<Manifest> => {
    const { apiVersion, kind, metadata } = applied
    const watched = await discovery.preferred(groupOf(apiVersion), kind)
    if (apiVersionOf(watched) === apiVersion) return applied
    return await transport.request<Manifest>(
      pathOf(watched, metadata.namespace, metadata.name ?? ''),
    )
  }
  return {
    async apply(desired, { validation = 'Strict', digest } = {}) {
      const key = keyOf(desired)
      const written = await store.write(key, async () => {
        const applied = await patch(desired, validation, false)
        const watched = await asWatched(applied)
        // before the store hears what the watch said meanwhile: else nobody could tell that it is drift
        if (isSameState(applied, watched)) settle(settled, key, digest, watched)
        return watched
      })
      return written ?? desired
    },
    dryRun: (desired, validation = 'Ignore') => patch(desired, validation, true),
    async replace(desired, live, fieldValidation = 'Strict') {
      const path = await pathOfObject(desired)
      const { resourceVersion, uid } = live.metadata
      await store.write(keyOf(desired), () =>
        transport.request<Manifest>(path, {
          method: 'PUT',
          query: { fieldManager, fieldValidation },
          body: { ...desired, metadata: { ...desired.metadata, resourceVersion, uid } },
        }),
      )
    },
    async label(live, label, value) {
      const path = await pathOfObject(live)
      const { uid } = live.metadata
      await store.write(keyOf(live), () =>
        transport.request<Manifest>(path, {
          method: 'PATCH',
          contentType: 'application/merge-patch+json',
          query: { fieldManager },
          body: { metadata: { uid, labels: { [label]: value } } },
        }),
      )
    },
    async release(live, finalizer) {
      const path = await pathOfObject(live)
      await store.write(keyOf(live), () => release(transport, path, live, finalizer))
    },
    async remove(live, propagationPolicy) {
      const { uid } = live.metadata
      const removed = await unlessGone(
        transport.request<object>(await pathOfObject(live), {
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

function isSameState(one: Manifest, other: Manifest): boolean {
  return one.metadata.resourceVersion === other.metadata.resourceVersion
}

function settle(
  settled: SettledObjects,
  key: ResourceKey,
  digest: string | undefined,
  live: Manifest,
): void {
  if (digest !== undefined) settled.set(key, { desired: digest, owned: ownedDigest(live) })
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
