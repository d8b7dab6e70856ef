import type { Manifest } from '../manifest/manifest.ts'

/** When an object is applied; the order of the list is the order of the phases (SYNC-01). */
export type Phase = 'PreSync' | 'Sync' | 'PostSync' | 'SyncFail' | 'PreDelete' | 'PostDelete'

const phases: readonly Phase[] = [
  'PreSync',
  'Sync',
  'PostSync',
  'SyncFail',
  'PreDelete',
  'PostDelete',
]

/** HELM-16; `crd-install` is an ordinary resource, the other Helm hooks have no phase. */
const helmPhases: ReadonlyMap<string, Phase> = new Map([
  ['pre-install', 'PreSync'],
  ['pre-upgrade', 'PreSync'],
  ['post-install', 'PostSync'],
  ['post-upgrade', 'PostSync'],
  ['pre-delete', 'PreDelete'],
  ['post-delete', 'PostDelete'],
])

function listed(manifest: Manifest, annotation: string): readonly string[] {
  const text = manifest.metadata.annotations?.[annotation]
  if (typeof text !== 'string') return []
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Whether the object is a hook, also of a type that nobody knows (HOOK-13), and so never a resource. */
export function isHook(manifest: Manifest): boolean {
  if (listed(manifest, 'argocd.argoproj.io/hook').length > 0) return true
  const helm = listed(manifest, 'helm.sh/hook')
  return helm.length > 0 && !helm.includes('crd-install')
}

/** The phases in which the object is applied; none for skipped and unknown hooks (HOOK-12, HOOK-13). */
export function phasesOf(manifest: Manifest): readonly Phase[] {
  const own = listed(manifest, 'argocd.argoproj.io/hook')
  if (own.includes('Skip')) return []
  if (own.length > 0) return phases.filter((phase) => own.includes(phase)) // HELM-19
  if (!isHook(manifest)) return ['Sync']
  const helm = listed(manifest, 'helm.sh/hook').map((name) => helmPhases.get(name))
  return phases.filter((phase) => helm.includes(phase))
}

/** The first phase of the object; objects that are never applied sort with the last. */
export function phaseOf(manifest: Manifest): Phase {
  return phasesOf(manifest)[0] ?? 'PostDelete'
}

/** The place of a phase in the order of phases. */
export function phaseRank(phase: Phase): number {
  return phases.indexOf(phase)
}
