import type { HealthStatus } from '../health/health.ts'
import type { ResourceKey } from '../manifest/key.ts'
import type { Phase } from '../plan/phase.ts'

/** What was done in one step. One entry per planned change, also for those never reached. */
export type SyncResult = {
  readonly resources: readonly ResourceResult[]
  /** True when a dry-run was refused, so that nothing was written. */
  readonly refusedBeforehand?: boolean
}

export type ResourceResult = {
  readonly key: ResourceKey
  readonly status: 'Synced' | 'Unchanged' | 'Pruned' | 'PruneSkipped' | 'SyncFailed' | 'NotReached'
  readonly message?: string
  /** Name of the error class, for the cause. */
  readonly failure?: string
  readonly hook?: HookResult
}

export type HookResult = {
  readonly type: Phase
  readonly phase: 'Running' | 'Succeeded' | 'Failed' | 'Error'
}

/** How one hook is (HOOK-03); the key has the name that the object really got. */
export type HookReport = {
  readonly key: ResourceKey
  readonly phase: HookResult['phase']
  readonly message: string
  /** False while the object of an earlier run is still in the way. */
  readonly created: boolean
}

export type HealthReport = {
  /** False when many wait: then being told is cheaper than to look once more. */
  readonly again?: boolean
  /** Worst over the objects this operation changed; Suspended counts as arrived. */
  readonly outcome: 'settled' | 'waiting' | 'failed'
  readonly status: HealthStatus
  /** Those that are not healthy. */
  readonly resources: readonly ResourceHealth[]
}

export type ResourceHealth = {
  readonly key: ResourceKey
  readonly status: HealthStatus
  readonly message?: string
}

/** An error as it crosses a wire: the class name, and a text without secrets. */
export type FailureText = {
  readonly type: string
  readonly message: string
  /** Whether time alone can mend it. */
  readonly retryable?: boolean
  /** The object it is about, as `showKey` writes it. */
  readonly object?: string
}
