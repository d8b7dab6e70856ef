import { groupOf, type KeyParts, keyOf, type ResourceKey } from './key.ts'
import type { Manifest } from './manifest.ts'

/** The annotation that says which Application declared an object, and which object that was. */
export const trackingAnnotationKey = 'argocd.argoproj.io/tracking-id'
/** The label by which the API server filters lists and watches; it proves nothing. */
export const applicationLabelKey = 'driftless.dev/application'

export type TrackingId = KeyParts & { readonly instance: string }

/** How an Application is named in tracking ids: bare in the control namespace, else `<ns>_<name>` (TRACK-06). */
export function instanceName(
  appNamespace: string,
  appName: string,
  controlNamespace: string,
): string {
  return appNamespace === controlNamespace ? appName : `${appNamespace}_${appName}`
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

/** Whether objects of this kind carry tracking: a CRD never does, so it is never pruned (TRACK-07). */
export function isTracked(manifest: Manifest): boolean {
  return !(
    manifest.kind === 'CustomResourceDefinition' &&
    groupOf(manifest.apiVersion) === 'apiextensions.k8s.io'
  )
}

/** The manifest with our annotation and label; everything else is left as it was. */
export function withTracking(
  manifest: Manifest,
  { instance, label }: { readonly instance: string; readonly label: string },
): Manifest {
  if (!isTracked(manifest)) return manifest
  const { annotations, labels } = manifest.metadata
  return {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      labels: { ...labels, [applicationLabelKey]: label },
      annotations: {
        ...annotations,
        [trackingAnnotationKey]: trackingId(instance, keyOf(manifest)),
      },
    },
  }
}
