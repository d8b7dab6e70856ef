import { type ReadApplication, readApplication } from '../core/application.ts'
import { applicationLabel, digestOf } from '../core/digest.ts'
import { isNamedBy } from '../core/expression/name-rule.ts'
import { nameOf } from '../core/flow/names.ts'
import type { ApplicationRef } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { watchDigest } from '../core/policy/watch-digest.ts'
import { hasNewerStatus, lostStatus } from '../core/status/lost.ts'
import { type ApplicationStatus, statusOf } from '../core/status/status.ts'
import { isNewer } from './kube/live-store.ts'
import { createReflector } from './kube/reflector.ts'
import type { KubeTransport } from './kube/transport.ts'
import { unlessGone } from './kube/unless-gone.ts'
import { createProjects } from './projects.ts'

/** One Application as the control cluster has it, with what is read from it once per change. */
export type StoredApplication = ReadApplication & {
  readonly object: Manifest
  /** Set when the server has lost our status: what it has instead of the one of before, which `object` shows. */
  readonly statusThere?: ApplicationStatus
  readonly ref: ApplicationRef
  /** Value of the label on its resources. */
  readonly label: string
  readonly specDigest: string
  /** Digest of all that can call for work; see core/policy/watch-digest.ts. */
  readonly observed: string
}

/**
 * Follows the AppProjects of the control namespace, and the Applications there and in the other
 * namespaces that the settings name (APP-13). A status of ours that is wiped
 * is still shown until the server has one again, so that nobody decides without hold and history.
 */
export type ApplicationIndex = {
  /** Settles when the first lists are in. */
  readonly synced: Promise<void>
  readonly namespace: string
  /** Whether Applications may live in other namespaces too. */
  readonly isWide: boolean
  /** Whether Applications of this namespace are ours to look at. */
  includes(namespace: string): boolean
  connected(): boolean
  get(namespace: string, name: string): StoredApplication | undefined
  byLabel(label: string): StoredApplication | undefined
  all(): readonly StoredApplication[]
  project(name: string): Manifest | undefined
  projects(): readonly Manifest[]
  /** Merge patch of an AppProject. */
  patchProject(name: string, body: object): Promise<void>
  /** Called with the name of an AppProject that came, went, is about to go, or says something else. */
  subscribeProjects(listener: (name: string) => void): void
  /** Reads the Application from the server, past the watch; undefined also where it is none of ours. */
  read(namespace: string, name: string): Promise<StoredApplication | undefined>
  /** Merge patch of an Application; the answer is in the index before this settles. */
  patch(ref: ApplicationRef, body: object): Promise<StoredApplication>
  /** Called for each change; `application` is undefined when it is gone. */
  subscribe(listener: (change: ApplicationChange) => void): void
  stop(): void
}
export type ApplicationChange = {
  readonly ref: ApplicationRef
  readonly application: StoredApplication | undefined
}

const api = '/apis/argoproj.io/v1alpha1'
const mergePatch = {
  contentType: 'application/merge-patch+json',
  query: { fieldManager: 'driftless' },
}

export type IndexOptions = {
  /** Globs of namespaces beside the control namespace, or expressions between slashes; with some all are watched at once. */
  readonly others?: readonly string[]
  /** The setting of this name, now (PROJ-15). */
  readonly globalProjects?: () => string | undefined
}

export function createApplicationIndex(
  transport: KubeTransport,
  namespace: string,
  onError: (error: unknown) => void,
  { others = [], globalProjects = () => undefined }: IndexOptions = {},
): ApplicationIndex {
  const store = createStore()
  const projects = createProjects({ setting: globalProjects, onError })
  const includes = (name: string): boolean => name === namespace || isNamedBy(others, name)
  const isOurs = ({ metadata }: Manifest): boolean => includes(metadata.namespace ?? '')
  const collection = (plural: string) => `${api}/namespaces/${namespace}/${plural}`
  const applications = createReflector({
    transport,
    path: others.length === 0 ? collection('applications') : `${api}/applications`,
    onChange: (object) => {
      if (isOurs(object)) store.put(object)
    },
    onDelete: store.remove,
    onList: (objects) => store.listed(objects.filter(isOurs)),
    onError,
  })
  const appProjects = createReflector({
    transport,
    path: collection('appprojects'),
    onChange: projects.put,
    onDelete: projects.remove,
    onList: projects.listed,
    onError,
  })
  return {
    synced: Promise.all([applications.synced, appProjects.synced]).then(() => undefined),
    namespace,
    includes,
    isWide: others.length > 0,
    connected: () => applications.connected() && appProjects.connected(),
    get: store.get,
    byLabel: store.byLabel,
    all: store.all,
    project: projects.get,
    projects: projects.all,
    async patchProject(name, body) {
      const path = `${collection('appprojects')}/${encodeURIComponent(name)}`
      await transport.request(path, { method: 'PATCH', body, ...mergePatch })
    },
    subscribeProjects: projects.subscribe,
    async read(inNamespace, name) {
      if (!includes(inNamespace)) return undefined
      const path = `${api}/namespaces/${inNamespace}/applications/${encodeURIComponent(name)}`
      const found = await unlessGone(transport.request<Manifest>(path))
      return found === undefined ? undefined : store.put(found)
    },
    async patch(ref, body) {
      const path = `${api}/namespaces/${ref.namespace}/applications/${encodeURIComponent(ref.name)}`
      return store.put(
        await transport.request<Manifest>(path, { method: 'PATCH', body, ...mergePatch }),
      )
    },
    subscribe: store.subscribe,
    stop: () => {
      applications.stop()
      appProjects.stop()
    },
  }
}

function createStore() {
  const byName = new Map<string, StoredApplication>()
  const labels = new Map<string, string>()
  const listeners: ((change: ApplicationChange) => void)[] = []
  const tell = (change: ApplicationChange): void => {
    for (const listener of listeners) listener(change)
  }
  const remove = (object: Manifest): void => {
    const ref = refOf(object)
    const name = nameOf(ref)
    const known = byName.get(name)
    if (known === undefined || known.ref.uid !== ref.uid) return
    byName.delete(name)
    labels.delete(known.label)
    tell({ ref: known.ref, application: undefined })
  }
  const keep = (application: StoredApplication): StoredApplication => {
    const { ref, label } = application
    byName.set(nameOf(ref), application)
    labels.set(label, nameOf(ref))
    tell({ ref, application })
    return application
  }
  return {
    get: (namespace: string, name: string) => byName.get(`${namespace}/${name}`),
    byLabel: (label: string) => byName.get(labels.get(label) ?? ''),
    all: () => [...byName.values()],
    subscribe: (listener: (change: ApplicationChange) => void) => {
      listeners.push(listener)
    },
    remove,
    /** Keeps the newer of what is known and what is given, and returns it. */
    put(object: Manifest): StoredApplication {
      const known = byName.get(nameOf(refOf(object)))
      if (known === undefined || isNewer(object, known.object)) return keep(stored(object, known))
      return isMissed(object, known) ? keep(withStatusOf(object, known)) : known
    },
    listed(objects: readonly Manifest[]) {
      const present = new Set(objects.map(({ metadata }) => metadata.uid))
      for (const { object } of byName.values()) {
        if (!present.has(object.metadata.uid)) remove(object)
      }
    },
  }
}

/** A status write leaves the rest as it was: what was read from it is taken over. */
function stored(given: Manifest, known: StoredApplication | undefined): StoredApplication {
  const status = lostStatus(given, known?.object)
  const object = status === undefined ? given : { ...given, status }
  const lost = status === undefined ? {} : { statusThere: statusOf(given) }
  const observed = watchDigest(object)
  if (known?.observed === observed) {
    const { statusThere: _, ...same } = known
    return { ...same, object, ...lost }
  }
  const ref = refOf(object)
  return {
    ...readApplication(object),
    ...{ object, ...lost, ref, observed },
    specDigest: digestOf(object.spec ?? null),
    label: applicationLabel(ref.namespace, ref.name),
  }
}

/** A status that was written before it was wiped, and that we hear of only now. */
function isMissed(
  object: Manifest,
  { object: shown, statusThere, ref }: StoredApplication,
): boolean {
  return (
    statusThere !== undefined && object.metadata.uid === ref.uid && hasNewerStatus(object, shown)
  )
}

function withStatusOf({ status }: Manifest, known: StoredApplication): StoredApplication {
  const object = { ...known.object, status }
  return { ...known, ...readApplication(object), object, observed: watchDigest(object) }
}

function refOf({ metadata }: Manifest): ApplicationRef {
  return { namespace: metadata.namespace ?? '', name: metadata.name ?? '', uid: metadata.uid ?? '' }
}
