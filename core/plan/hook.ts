import type { HookResult } from '../flow.ts'
import type { Health } from '../health/health.ts'
import type { Manifest } from '../manifest/manifest.ts'
import type { Phase } from './phase.ts'

/** Keeps a hook from vanishing before its result is written down, by a Job's TTL for example (HOOK-10). */
export const hookFinalizer = 'argocd.argoproj.io/hook-finalizer'
/** Which operation made the hook, and in which phase: who finds it need not make it again. */
const operationAnnotation = 'driftless.dev/operation'

export type DeletePolicy = 'BeforeHookCreation' | 'HookSucceeded' | 'HookFailed'

const policies: ReadonlyMap<string, DeletePolicy> = new Map([
  ['BeforeHookCreation', 'BeforeHookCreation'],
  ['HookSucceeded', 'HookSucceeded'],
  ['HookFailed', 'HookFailed'],
  ['before-hook-creation', 'BeforeHookCreation'],
  ['hook-succeeded', 'HookSucceeded'],
  ['hook-failed', 'HookFailed'],
])

/** When the hook is deleted (HOOK-06, HELM-18); before the next one is created unless it says otherwise. */
export function deletePoliciesOf({ metadata }: Manifest): readonly DeletePolicy[] {
  const { annotations = {} } = metadata
  const text =
    annotations['argocd.argoproj.io/hook-delete-policy'] ??
    annotations['helm.sh/hook-delete-policy'] ??
    ''
  const named = text.split(',').flatMap((name) => policies.get(name.trim()) ?? [])
  return named.length === 0 ? ['BeforeHookCreation'] : named
}

/** One run of a hook: the operation and the phase that it belongs to. */
export type HookRun = {
  /** Epoch ms of the start of the operation. */
  readonly startedAt: number
  readonly revision: string
  readonly phase: Phase
}

/** The name that the hook gets; those with `generateName` are told apart by revision, phase and start (HOOK-05). */
export function hookName({ metadata }: Manifest, { startedAt, revision, phase }: HookRun): string {
  if (metadata.name !== undefined) return metadata.name
  const seconds = Math.floor(startedAt / 1000)
  // the version of a chart has signs that no name may have
  const short = revision
    .slice(0, 7)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '-')
  return `${metadata.generateName ?? ''}${short}-${phase.toLowerCase()}-${seconds}`
}

/** The hook as it is created: named, marked with its run, and kept by our finalizer. */
export function hookToCreate(manifest: Manifest, run: HookRun): Manifest {
  const { generateName: _, ...metadata } = manifest.metadata
  return {
    ...manifest,
    metadata: {
      ...metadata,
      name: hookName(manifest, run),
      finalizers: [...new Set([...(metadata.finalizers ?? []), hookFinalizer])],
      annotations: { ...metadata.annotations, [operationAnnotation]: mark(run) },
    },
  }
}

/** Whether the live object was made by this run. */
export function isOfRun({ metadata }: Manifest, run: HookRun): boolean {
  return metadata.annotations?.[operationAnnotation] === mark(run)
}

/** Whether the live object was made by the operation with this start, in whichever phase. */
export function isOfOperation({ metadata }: Manifest, startedAt: number): boolean {
  return metadata.annotations?.[operationAnnotation]?.startsWith(`${startedAt} `) === true
}

function mark({ startedAt, phase }: HookRun): string {
  return `${startedAt} ${phase}`
}

/** HOOK-02 and HOOK-03: what the health of a hook means for its result. */
export function hookPhase(health: Health | undefined): HookResult['phase'] {
  switch (health?.status) {
    case undefined:
    case 'Healthy':
      return 'Succeeded'
    case 'Degraded':
    case 'Unknown':
      return 'Failed'
    default:
      return 'Running'
  }
}

/** How the operation of a hook ended. */
export type OperationOutcome = 'succeeded' | 'failed' | 'terminated'

/**
 * Whether a hook is deleted when its operation is over: by its policies, which look at the operation
 * and not at the hook (HOOK-07, HOOK-08); and when it is cut off while it runs (SYNC-25).
 */
export function isDeletedAfter(
  hook: Manifest,
  outcome: OperationOutcome,
  health: Health | undefined,
): boolean {
  const policies = deletePoliciesOf(hook)
  if (outcome === 'succeeded') return policies.includes('HookSucceeded')
  if (policies.includes('HookFailed')) return true
  return outcome === 'terminated' && hookPhase(health) === 'Running'
}
