import { kindBroughtBy, kindNameOf } from '../manifest/crd.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { type Phase, phaseOf, phaseRank } from './phase.ts'

/** An object with the phase and wave in which its turn comes. */
export type Ordered = {
  readonly manifest: Manifest
  readonly phase: Phase
  readonly wave: number
}

const kinds = [
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
]
const ranks: ReadonlyMap<string, number> = new Map(kinds.map((kind, rank) => [kind, rank]))

/** The place of a kind inside one wave; every kind that is not listed comes last. Groups do not count. */
export function kindRank(kind: string): number {
  return ranks.get(kind) ?? kinds.length
}

/** The wave of an object (SYNC-03): its own, else the weight of its Helm hook, else 0. */
export function waveOf(manifest: Manifest): number {
  const { annotations } = manifest.metadata
  return (
    integerOf(annotations?.['argocd.argoproj.io/sync-wave']) ??
    integerOf(annotations?.['helm.sh/hook-weight']) ??
    0
  )
}

function integerOf(text: unknown): number | undefined {
  const value = typeof text === 'string' && /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value + 0 : undefined
}

/** Apply order: phase, wave, kind, name (SYNC-02); what others live in or are made of comes before them. */
export function orderManifests(manifests: readonly Manifest[]): readonly Ordered[] {
  const sorted = manifests
    .map((manifest) => ({ manifest, phase: phaseOf(manifest), wave: waveOf(manifest) }))
    .sort(compareOrdered)
  return adjustDeps(sorted)
}

/** The fixed order of two entries; equal only for two entries of the same kind, name and namespace. */
export function compareOrdered(a: Ordered, b: Ordered): number {
  const [left, right] = [a.manifest, b.manifest]
  return (
    phaseRank(a.phase) - phaseRank(b.phase) ||
    a.wave - b.wave ||
    kindRank(left.kind) - kindRank(right.kind) ||
    compareText(left.metadata.name, right.metadata.name) ||
    compareText(left.kind, right.kind) ||
    compareText(left.metadata.namespace, right.metadata.namespace)
  )
}

function compareText(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * A Namespace or CRD that would come after the first object that needs it is moved before that
 * object and takes over its phase and wave (semantics 2.1 item 3).
 */
function adjustDeps(sorted: readonly Ordered[]): readonly Ordered[] {
  const firstUse = new Map<string, number>()
  for (const [index, { manifest }] of sorted.entries()) {
    for (const need of needsOf(manifest)) if (!firstUse.has(need)) firstUse.set(need, index)
  }
  const placed = sorted.map((entry, index) => {
    const user = firstUse.get(dependencyOf(entry.manifest) ?? '') ?? index
    const before = sorted[user]
    if (user >= index || before === undefined) return { entry, index, place: index }
    const { phase, wave } = before
    return { entry: { ...entry, phase, wave }, index, place: user - 0.5 }
  })
  return placed.sort((a, b) => a.place - b.place || a.index - b.index).map(({ entry }) => entry)
}

function needsOf(manifest: Manifest): readonly string[] {
  const { namespace } = manifest.metadata
  const kind = `kind ${kindNameOf(manifest)}`
  return namespace === undefined ? [kind] : [kind, `namespace ${namespace}`]
}

function dependencyOf(manifest: Manifest): string | undefined {
  if (kindNameOf(manifest) === '/Namespace') return `namespace ${manifest.metadata.name}`
  const kind = kindBroughtBy(manifest)
  return kind && `kind ${kind}`
}
