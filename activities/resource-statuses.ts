import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { groupOf, keyOf, partsOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { instanceName } from '../core/manifest/tracking.ts'
import { needsConfirmation } from '../core/plan/confirmation.ts'
import type { Assess } from '../core/status/application-health.ts'
import type { ResourceStatus } from '../core/status/status.ts'
import { compareCached, leftovers, type Row } from './compare.ts'
import type { Ignoring } from './ignore.ts'
import type { Desired } from './rendered.ts'

export type StatusRules = {
  readonly assess: Assess
  readonly ignoring: Ignoring
  /** Which live objects are the application's to touch (PROJ-18). */
  readonly permitted: (live: Manifest) => boolean
}

/** Every declared object and every leftover, as it stands now. Reads the watch caches only. */
export function resourceStatuses(
  cluster: Cluster,
  application: StoredApplication,
  controlNamespace: string,
  declared: readonly Desired[],
  { assess, ignoring, permitted }: StatusRules,
): readonly ResourceStatus[] {
  const { ref } = application
  const instance = instanceName(ref, controlNamespace)
  const confirmed = (manifest: Manifest) =>
    needsConfirmation(application.application, manifest)
      ? { requiresDeletionConfirmation: true }
      : {}
  return [
    ...declared.map((desired) => {
      const row = compareCached(cluster, desired, ignoring(desired.manifest)?.id)
      return { ...declaredStatus(row, assess), ...confirmed(row.live ?? desired.manifest) }
    }),
    ...leftovers(cluster, application, instance, declared)
      .filter(permitted)
      .map((live) => ({ ...leftoverStatus(live, assess), ...confirmed(live) })),
  ]
}

function declaredStatus({ desired, live, verdict }: Row, assess: Assess): ResourceStatus {
  const synced = verdict === 'equal'
  return {
    ...head(desired.manifest),
    status: synced ? 'Synced' : 'OutOfSync',
    ...(live !== undefined && healthOf(live, assess)),
    ...(live === undefined && { health: { status: 'Missing' as const } }),
  }
}

function leftoverStatus(live: Manifest, assess: Assess): ResourceStatus {
  return { ...head(live), status: 'OutOfSync', requiresPruning: true, ...healthOf(live, assess) }
}

function head(manifest: Manifest) {
  const group = groupOf(manifest.apiVersion)
  const version = manifest.apiVersion.slice(group === '' ? 0 : group.length + 1)
  return { ...partsOf(keyOf(manifest)), version }
}

function healthOf(live: Manifest, assess: Assess): Pick<ResourceStatus, 'health'> {
  const health = assess(live)
  return health === undefined ? {} : { health }
}

type PodSpec = { readonly containers?: readonly { readonly image?: string }[] }

/** The container images that are declared, sorted. */
export function imagesOf(declared: readonly Desired[]): readonly string[] {
  const images = declared.flatMap(({ manifest }) => {
    const spec = manifest.spec as (PodSpec & { template?: { spec?: PodSpec } }) | undefined
    const pod = spec?.template?.spec ?? (manifest.kind === 'Pod' ? spec : undefined)
    return (pod?.containers ?? []).flatMap(({ image }) => image ?? [])
  })
  return [...new Set(images)].sort()
}
