import { fieldManager } from '../../core/diff/managers.ts'
import { keyOf, type ResourceKey } from '../../core/manifest/key.ts'
import { lastAppliedKey } from '../../core/manifest/last-applied.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { applicationLabelKey } from '../../core/manifest/tracking.ts'

/** What changed: `live` is undefined when the object is gone. `own` marks what one of our writes brought. */
export type LiveChange = {
  readonly key: ResourceKey
  readonly label: string
  readonly before: Manifest | undefined
  readonly live: Manifest | undefined
  readonly own: boolean
}

/** The newest known state of every object that carries our label, with an index by application. */
export type LiveStore = {
  get(key: ResourceKey): Manifest | undefined
  /** The objects of the application with this label value. */
  ofApplication(label: string): readonly Manifest[]
  /** From a watch. Events about an object that we are writing wait for the answer of the write. */
  seen(object: Manifest): void
  gone(object: Manifest): void
  /** After a full list of one kind, or of its objects in one namespace: what is not in it is gone, unless it was written since. */
  listed(
    kind: { readonly group: string; readonly kind: string; readonly namespace?: string },
    objects: readonly Manifest[],
    resourceVersion: string,
  ): void
  /** Runs a write; its answer goes into the store before anything the watch said meanwhile. */
  write(key: ResourceKey, send: () => Promise<Manifest | undefined>): Promise<Manifest | undefined>
  subscribe(listener: (change: LiveChange) => void): void
}

export function createLiveStore(): LiveStore {
  const objects = new Map<ResourceKey, Manifest>()
  const byLabel = new Map<string, Set<ResourceKey>>()
  const writing = new Map<ResourceKey, (() => void)[]>()
  const listeners: ((change: LiveChange) => void)[] = []

  const put = (key: ResourceKey, live: Manifest | undefined, own: boolean): void => {
    const before = objects.get(key)
    const label = labelOf(live ?? before)
    if (live === undefined) objects.delete(key)
    else objects.set(key, live)
    index(byLabel, key, labelOf(before), live === undefined ? undefined : label)
    if (label === undefined) return
    for (const listener of listeners) listener({ key, label, before, live, own })
  }
  const seen = (object: Manifest): void => {
    const key = keyOf(object)
    const before = objects.get(key)
    if (before !== undefined && !isNewer(object, before)) return
    put(key, slim(object), false)
  }
  const gone = (object: Manifest): void => {
    const key = keyOf(object)
    const before = objects.get(key)
    // deleted and created again: the watch tells of the first, the store knows the second
    if (
      before === undefined ||
      (before.metadata.uid !== object.metadata.uid && isNewer(before, object))
    )
      return
    put(key, undefined, false)
  }
  const later = (key: ResourceKey, handle: () => void): void => {
    const queue = writing.get(key)
    if (queue === undefined) handle()
    else queue.push(handle)
  }

  return {
    get: (key) => objects.get(key),
    ofApplication: (label) =>
      [...(byLabel.get(label) ?? [])].flatMap((key) => objects.get(key) ?? []),
    seen: (object) => later(keyOf(object), () => seen(object)),
    gone: (object) => later(keyOf(object), () => gone(object)),
    listed({ group, kind, namespace }, list, resourceVersion) {
      const present = new Set(list.map(keyOf))
      const begin = `${group}/${kind}/${namespace === undefined ? '' : `${namespace}/`}`
      for (const [key, object] of objects) {
        if (!key.startsWith(begin) || present.has(key)) continue
        if (isLater(object.metadata.resourceVersion, resourceVersion)) continue
        later(key, () => gone(object))
      }
    },
    async write(key, send) {
      const outer = writing.get(key)
      const queue = outer ?? []
      writing.set(key, queue)
      try {
        const written = await send()
        if (written !== undefined && isNewer(written, objects.get(key)))
          put(key, slim(written), true)
        return written
      } finally {
        if (outer === undefined) {
          writing.delete(key)
          for (const handle of queue) handle()
        }
      }
    },
    subscribe: (listener) => {
      listeners.push(listener)
    },
  }
}

function index(
  byLabel: Map<string, Set<ResourceKey>>,
  key: ResourceKey,
  before: string | undefined,
  after: string | undefined,
): void {
  if (before === after) return
  if (before !== undefined) {
    const keys = byLabel.get(before)
    keys?.delete(key)
    if (keys?.size === 0) byLabel.delete(before)
  }
  if (after === undefined) return
  const keys = byLabel.get(after)
  if (keys === undefined) byLabel.set(after, new Set([key]))
  else keys.add(key)
}

function labelOf(object: Manifest | undefined): string | undefined {
  return object?.metadata.labels?.[applicationLabelKey]
}

/** resourceVersions of one resource are ordered numbers (KEP-5504); older servers do the same in fact. */
export function isNewer(object: Manifest, than: Manifest | undefined): boolean {
  if (than === undefined) return true
  return isLater(object.metadata.resourceVersion, than.metadata.resourceVersion)
}

function isLater(a = '', b = ''): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}

/** Without what nobody here reads: the field sets of other managers, and kubectl's copy of the object. */
function slim(object: Manifest): Manifest {
  const { managedFields, annotations, ...metadata } = object.metadata
  const { [lastAppliedKey]: _copy, ...kept } = annotations ?? {}
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(annotations !== undefined && { annotations: kept }),
      managedFields: (managedFields ?? []).map((entry) => {
        if (entry.manager === fieldManager) return entry
        const { fieldsV1: _fields, ...owner } = entry
        return owner
      }),
    },
  }
}
