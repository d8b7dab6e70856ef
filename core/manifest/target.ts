import { InvalidSpecError } from '../errors.ts'
import type { ConditionText } from '../flow.ts'
import { kindBroughtBy, kindNameOf, type Scope, scopeBroughtBy } from './crd.ts'
import { type LeavesAlone, withoutExcluded } from './excluded.ts'
import { groupOf, keyOf, type ResourceKey, showKey } from './key.ts'
import type { Manifest, Metadata } from './manifest.ts'
import { foldStringData } from './secret.ts'
import { type Tracking, withTracking } from './tracking.ts'
import type { ParsedManifest } from './yaml.ts'

export type TargetOptions = {
  /** `spec.destination.namespace`; empty when the Application names none. */
  readonly namespace: string
  /** Undefined for kinds that the cluster does not know (yet): a CRD among the manifests tells, else they count as namespaced. */
  readonly scopeOf: (group: string, kind: string) => Scope | undefined
  readonly tracking: Tracking
  /** Kinds that are not deployed (DIFF-16). */
  readonly leavesAlone: LeavesAlone
  /** What the destination's namespace is to have, when it is ours to keep (SYNCP-08, OPT-16). */
  readonly namespaceMetadata?: Pick<Metadata, 'labels' | 'annotations'>
}

export type Targets = {
  readonly manifests: readonly Manifest[]
  readonly warnings: readonly ConditionText[]
}

/**
 * What the application wants in the cluster: namespaces settled (APP-04), one object per key (APP-06),
 * nothing that only the server may write, and our tracking. Throws InvalidSpecError for a namespaced
 * object for which nobody names a namespace.
 */
export function targetManifests(
  declared: readonly ParsedManifest[],
  options: TargetOptions,
): Targets {
  const { left: parsed, warnings } = withoutExcluded(declared, options.leavesAlone)
  const brought = new Map(
    parsed.flatMap(({ manifest }) => {
      const name = kindBroughtBy(manifest)
      return name === undefined ? [] : [[name, scopeBroughtBy(manifest)] as const]
    }),
  )
  const settled = parsed.map((entry) => ({ ...entry, manifest: settle(entry, options, brought) }))
  const latest = new Map<string, readonly ParsedManifest[]>()
  for (const [index, entry] of settled.entries()) {
    const key = uniqueKey(entry.manifest, index)
    const earlier = latest.get(key) ?? []
    latest.delete(key) // the place of the last one counts, as it does when files are applied in turn
    latest.set(key, [...earlier, entry])
  }
  const groups = [...latest.values()]
  return {
    manifests: [
      ...managedNamespace(options, latest),
      ...groups.flatMap((group) =>
        group.slice(-1).map(({ manifest }) => withTracking(manifest, options.tracking)),
      ),
    ],
    warnings: [...warnings, ...groups.filter((group) => group.length > 1).map(repeated)],
  }
}

/** It carries no tracking: it is never pruned, nor deleted with the application. */
function managedNamespace(
  { namespace: name, namespaceMetadata: metadata }: TargetOptions,
  declared: ReadonlyMap<string, unknown>,
): readonly Manifest[] {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...metadata } }
  const isOurs = name !== '' && metadata !== undefined && !declared.has(keyOf(namespace))
  return isOurs ? [namespace] : []
}

function settle(
  { manifest, file, line }: ParsedManifest,
  options: TargetOptions,
  brought: ReadonlyMap<string, Scope>,
): Manifest {
  const known = options.scopeOf(groupOf(manifest.apiVersion), manifest.kind)
  const scope = known ?? brought.get(kindNameOf(manifest))
  const { namespace: declared, ...metadata } = declaredMetadata(manifest)
  const namespace = scope === 'cluster' ? '' : declared || options.namespace
  if (namespace === '' && scope === 'namespaced') {
    const { name = metadata.generateName } = metadata
    throw new InvalidSpecError(
      `${file}:${line}: ${manifest.kind} ${name} has no namespace: set metadata.namespace or spec.destination.namespace`,
    )
  }
  const { status: _, ...rest } = manifest
  return foldStringData({
    ...rest,
    apiVersion: manifest.apiVersion,
    kind: manifest.kind,
    metadata: namespace === '' ? metadata : { ...metadata, namespace },
  })
}

/** Metadata without what only the server writes: `kubectl get -o yaml` output is committed often. */
function declaredMetadata({ metadata }: Manifest): Manifest['metadata'] {
  const serverWritten = new Set([
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
    'managedFields',
    'resourceVersion',
    'selfLink',
    'uid',
  ])
  const fields = Object.entries(metadata).filter(
    ([field, value]) => !serverWritten.has(field) && value !== null,
  )
  return Object.fromEntries(fields)
}

/** Objects with generateName only are all different, each sync makes new ones. */
function uniqueKey(manifest: Manifest, index: number): ResourceKey | `#${number}` {
  return manifest.metadata.name === undefined ? `#${index}` : keyOf(manifest)
}

function repeated(group: readonly ParsedManifest[]): ConditionText {
  const places = group.map(({ file, line }) => `${file}:${line}`).join(', ')
  const shown = group.slice(-1).map(({ manifest }) => showKey(keyOf(manifest)))
  return {
    type: 'RepeatedResourceWarning',
    message: `${shown} is declared ${group.length} times (${places}); the last one is used`,
  }
}
