import { groupOf, type KeyParts, keyOf, type ResourceKey } from './key.ts'
import type { Manifest } from './manifest.ts'

/** The annotation that says which Application declared an object, and which object that was. */
export const trackingAnnotationKey = 'argocd.argoproj.io/tracking-id'
/** The label by which the API server filters lists and watches; it proves nothing. */
export const applicationLabelKey = 'driftless.dev/application'

/** The field managers of Argo CD. */
export const argoCdManagers: ReadonlySet<string> = new Set([
  'argocd-controller',
  'argocd-application-controller',
])

const installationKey = 'argocd.argoproj.io/installation-id'

/** Which marks are put on objects beside ours, as Argo CD's settings ask for them (TRACK-01 to TRACK-03, TRACK-05). */
export type Marks = {
  /** The label that holds the application's name; undefined when only the annotation tracks. */
  readonly instanceLabel?: string
  /** Whether objects that have only this label are taken for the application's. */
  readonly byLabel: boolean
  readonly installationId?: string
}

/** The marks while nothing is set. */
export const annotationOnly: Marks = { byLabel: false }

/** Reads `application.resourceTrackingMethod`, `application.instanceLabelKey` and `installationID`. */
export function readMarks(settings: Readonly<Record<string, string>>): Marks {
  const method = settings['application.resourceTrackingMethod'] ?? 'annotation'
  const installationId = settings.installationID
  return {
    byLabel: method === 'label',
    ...(['label', 'annotation+label'].includes(method) && {
      instanceLabel: settings['application.instanceLabelKey'] || 'app.kubernetes.io/instance',
    }),
    ...(installationId && { installationId }),
  }
}

export type TrackingId = KeyParts & { readonly instance: string }

/** How an Application is named in tracking ids: bare in the control namespace, else `<ns>_<name>` (TRACK-06). */
export function instanceName(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  controlNamespace: string,
): string {
  return namespace === controlNamespace ? name : `${namespace}_${name}`
}

/** `<instance>:<group>/<kind>:<namespace>/<name>` (TRACK-01). */
export function trackingId(instance: string, key: ResourceKey): string {
  const [group = '', kind = '', namespace = '', name = ''] = key.split('/')
  return `${instance}:${group}/${kind}:${namespace}/${name}`
}

/** The parts of a tracking id, or undefined for a text that is none. Names may hold colons (RBAC). */
export function parseTrackingId(text: string): TrackingId | undefined {
  const found = /^([^:]+):([^/:]*)\/([^/:]+):([^/]*)\/(.+)$/.exec(text)
  if (found === null) return undefined
  const [, instance = '', group = '', kind = '', namespace = '', name = ''] = found
  return { instance, group, kind, namespace, name }
}

/**
 * Whether the live object belongs to the application: its annotation names this very object
 * (controllers copy annotations, TRACK-04) and no controller owns it (TRACK-08).
 */
export function isOwned(live: Manifest, instance: string): boolean {
  return instanceOf(live) === instance
}

/** The instance whose tracking id names this very object, unless a controller owns it. */
export function instanceOf(live: Manifest): string | undefined {
  const { annotations, ownerReferences } = live.metadata
  const text = annotations?.[trackingAnnotationKey]
  if (text === undefined || ownerReferences?.some(({ controller }) => controller === true)) {
    return undefined
  }
  const end = text.indexOf(':')
  if (end <= 0) return undefined
  const instance = text.slice(0, end)
  return trackingId(instance, keyOf(live)) === text ? instance : undefined
}

/** Whether objects of this kind may carry tracking: a CRD never does, so it is never pruned (TRACK-07). */
export function isTrackable(manifest: Manifest): boolean {
  return !(
    manifest.kind === 'CustomResourceDefinition' &&
    groupOf(manifest.apiVersion) === 'apiextensions.k8s.io'
  )
}

/** Whether a declared object carries tracking; what does not is in no watch, and never pruned. */
export function isTracked(manifest: Manifest): boolean {
  return manifest.metadata.annotations?.[trackingAnnotationKey] !== undefined
}

/**
 * Whose the object is that no worker of ours has marked: the tracking id says it, or with the method
 * `label` that label where Argo CD applied the object; charts set it too. Objects of another
 * installation are nobody's here, whatever its applications are called (TRACK-02, TRACK-05).
 */
export function claimedBy(live: Manifest, marks: Marks): string | undefined {
  const { annotations = {}, labels = {}, managedFields = [] } = live.metadata
  if ((annotations[installationKey] ?? '') !== (marks.installationId ?? '')) return undefined
  if (annotations[trackingAnnotationKey] !== undefined) return instanceOf(live)
  const isApplied = managedFields.some(({ manager = '' }) => argoCdManagers.has(manager))
  return marks.byLabel && isApplied ? labels[marks.instanceLabel ?? ''] : undefined
}

/** The manifest with our annotation and label, and the other marks; everything else is left as it was. */
export function withTracking(
  manifest: Manifest,
  { instance, label, marks = annotationOnly }: Tracking,
): Manifest {
  if (!isTrackable(manifest)) return manifest
  const { annotations, labels } = manifest.metadata
  const { instanceLabel, installationId } = marks
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      labels: {
        ...labels,
        ...(instanceLabel !== undefined && { [instanceLabel]: labelValue(instance) }),
        [applicationLabelKey]: label,
      },
      annotations: {
        ...annotations,
        ...(installationId !== undefined && { [installationKey]: installationId }),
        [trackingAnnotationKey]: trackingId(instance, keyOf(manifest)),
      },
    },
  }
}

/** See `instanceName` and `applicationLabel`. */
export type Tracking = {
  readonly instance: string
  readonly label: string
  readonly marks?: Marks
}

/** A label holds 63 characters, and ends with a letter or digit (TRACK-03). */
function labelValue(instance: string): string {
  return instance.slice(0, 63).replace(/[^A-Za-z0-9]+$/, '')
}
