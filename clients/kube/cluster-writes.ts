import { type AdoptOptions, adoptedOwners } from '../../core/diff/adopt.ts'
import { fieldManager } from '../../core/diff/managers.ts'
import { proofOf } from '../../core/diff/proof.ts'
import { groupOf, keyOf } from '../../core/manifest/key.ts'
import type { Manifest, Metadata } from '../../core/manifest/manifest.ts'
import type { Propagation } from '../../core/plan/write-way.ts'
import { changeMetadata } from './change-metadata.ts'
import { createClientSideApply } from './client-side-apply.ts'
import { apiVersionOf, type Discovery, pathOf } from './discovery.ts'
import type { LiveStore } from './live-store.ts'
import type { Reach } from './reach.ts'
import type { SettledObjects } from './settled.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

/** Whether fields that the kind does not know are refused, or dropped where the server does that. */
export type FieldValidation = 'Strict' | 'Ignore'

export type ApplyOptions = {
  /** `Strict` unless given. */
  readonly validation?: FieldValidation
  readonly proof?: ApplyProof
  /** On the client's side, for what server-side apply refuses (OPT-12). */
  readonly clientSide?: boolean
}

export type TryOptions = Pick<ApplyOptions, 'validation' | 'clientSide'>

/** What the apply proves: that the object is equal to what is declared, but for what is ignored of it. */
export type ApplyProof = { readonly digest: string; readonly ignored?: string }

export type AdoptMarks = Pick<Metadata, 'labels' | 'annotations'>

export type ClusterWrites = {
  /** Server-side apply with forced conflicts unless told otherwise; the object as watches show it is in `live` before this settles. */
  apply(desired: Manifest, options?: ApplyOptions): Promise<Manifest>
  /** What an apply would give, without doing it; by itself it refuses no unknown field. */
  dryRun(desired: Manifest, options?: TryOptions): Promise<Manifest>
  /** Puts the declared in the place of this very state of the object: what is not declared goes. */
  replace(desired: Manifest, live: Manifest, validation?: FieldValidation): Promise<void>
  /**
   * Makes us the owner of what kubectl and Argo CD applied of this very object (by uid), and puts the
   * marks on it; its content stays. It is in `live` before this settles; harmless when it is gone.
   */
  adopt(live: Manifest, options: AdoptOptions, marks?: AdoptMarks): Promise<void>
  /** Takes a finalizer off this very object; harmless when it is gone or has none. */
  release(live: Manifest, finalizer: string): Promise<void>
  /** Deletes this very object (by uid); says false when it was gone already. */
  remove(live: Manifest, propagation: Propagation): Promise<boolean>
}

/** Writes to one cluster; what the server answers is in the live store before they settle. */
export function clusterWrites(
  transport: KubeTransport,
  discovery: Discovery,
  reach: Reach,
  store: LiveStore,
  settled: SettledObjects,
): ClusterWrites {
  const pathOfObject = async ({ apiVersion, kind, metadata }: Manifest): Promise<string> => {
    const resource = await discovery.resource(apiVersion, kind)
    reach.check(resource, metadata.namespace, metadata.name)
    return pathOf(resource, metadata.namespace, metadata.name ?? '')
  }
  const applyClientSide = createClientSideApply(transport)
  const patch = async (
    desired: Manifest,
    { validation: fieldValidation, clientSide }: TryOptions,
    dryRun?: 'All',
  ): Promise<Manifest> => {
    const path = await pathOfObject(desired)
    if (clientSide === true)
      return await applyClientSide(path, desired, { fieldValidation, dryRun })
    return await transport.request<Manifest>(path, {
      method: 'PATCH',
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager, force: 'true', fieldValidation, dryRun },
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
    async apply(desired, { validation = 'Strict', proof, clientSide = false } = {}) {
      const key = keyOf(desired)
      const written = await store.write(key, async () => {
        const applied = await patch(desired, { validation, clientSide })
        const watched = await asWatched(applied)
        // before the store hears what the watch said meanwhile: else nobody could tell that it is drift
        if (proof !== undefined && isSameState(applied, watched))
          settled.set(key, proofOf({ ...proof, manifest: desired }, watched))
        return watched
      })
      return written ?? desired
    },
    dryRun: (desired, { validation = 'Ignore', clientSide = false } = {}) =>
      patch(desired, { validation, clientSide }, 'All'),
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
    async adopt(live, options, marks) {
      const path = await pathOfObject(live)
      await store.write(keyOf(live), () =>
        changeMetadata(transport, path, live.metadata.uid, (now) => {
          const managedFields = adoptedOwners(now, options)
          if (managedFields === undefined && marks === undefined) return undefined
          return { ...marks, ...(managedFields && { managedFields }) }
        }),
      )
    },
    async release(live, finalizer) {
      const path = await pathOfObject(live)
      await store.write(keyOf(live), () =>
        changeMetadata(transport, path, live.metadata.uid, ({ metadata: { finalizers = [] } }) =>
          finalizers.includes(finalizer)
            ? { finalizers: finalizers.filter((one) => one !== finalizer) }
            : undefined,
        ),
      )
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
