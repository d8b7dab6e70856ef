import type { Application } from '../application.ts'
import type { Failure } from '../failure/failure.ts'
import type { HealthStatus } from '../health/health.ts'
import type { JsonObject, Manifest } from '../manifest/manifest.ts'
import type { AutomaticRollback, Deployed } from './rollback-state.ts'

/** `Application.status` in Argo CD's shape (APP-01, SYNC-28, HIST-01); what is only ours lies under `driftless`. */
export type ApplicationStatus = {
  readonly sync?: {
    readonly status: 'Synced' | 'OutOfSync' | 'Unknown'
    readonly revision?: string
    /** One for each source, for an Application with a list of them; `revision` is the first. */
    readonly revisions?: readonly string[]
    readonly comparedTo?: JsonObject
  }
  readonly health?: {
    readonly status: HealthStatus
    readonly message?: string
    readonly lastTransitionTime?: string
  }
  readonly operationState?: OperationState
  readonly history?: readonly HistoryEntry[]
  readonly conditions?: readonly Condition[]
  readonly resources?: readonly ResourceStatus[]
  readonly summary?: { readonly images?: readonly string[] }
  readonly sourceType?: string
  readonly sourceTypes?: readonly string[]
  readonly reconciledAt?: string
  readonly driftless?: OwnStatus
}

/** The status as we last wrote it; empty for an Application that has none yet. */
export function statusOf(application: Manifest): ApplicationStatus {
  return (application.status ?? {}) as ApplicationStatus
}

/** Whether somebody asked for the end of the operation, by `status.operationState.phase` (SYNC-25). */
export function isTerminating(application: Manifest | Application): boolean {
  return statusOf(application as Manifest).operationState?.phase === 'Terminating'
}

export type OperationState = {
  readonly operation: JsonObject
  readonly phase: 'Running' | 'Succeeded' | 'Failed' | 'Error' | 'Terminating'
  readonly message: string
  readonly startedAt: string
  readonly finishedAt?: string
  readonly retryCount?: number
  readonly syncResult: {
    readonly revision: string
    readonly revisions?: readonly string[]
    readonly source?: JsonObject
    readonly sources?: readonly JsonObject[]
    readonly resources: readonly JsonObject[]
  }
}

export type HistoryEntry = {
  readonly id: number
  readonly revision: string
  readonly revisions?: readonly string[]
  readonly deployedAt: string
  readonly deployStartedAt: string
  readonly source?: JsonObject
  readonly sources?: readonly JsonObject[]
  readonly initiatedBy: JsonObject
  /** Self-heals since, on the same revision. */
  readonly heals?: number
  /** How the application was at the end of it, or became in the time after it. */
  readonly health?: HealthStatus
  /** What it rendered from. */
  readonly inputs?: string
}

export type Condition = {
  readonly type: string
  readonly message: string
  readonly lastTransitionTime: string
}

export type ResourceStatus = {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly status: 'Synced' | 'OutOfSync' | 'Unknown'
  readonly health?: { readonly status: HealthStatus; readonly message?: string }
  readonly requiresPruning?: boolean
  readonly requiresDeletionConfirmation?: boolean
}

export type OwnStatus = {
  readonly sequence: number
  /** Digest of the spec that this status speaks of. */
  readonly specDigest: string
  /** Digest that the Application watch compares (spec, operation, deletion, finalizers, annotations). */
  readonly observed: string
  /** What the compared revision renders from and to. */
  readonly inputs?: string
  readonly rendered?: string
  readonly lastAttempt?: LastAttempt
  /** Epoch ms since when the sources cannot be read; absent while they can (AUTO-13). */
  readonly troubledSince?: number
  /** Epoch ms of the start of the operation that ended last: its end is counted once. */
  readonly ended?: number
  /** What the write of this sequence was news of; see core/event/deployment.ts. */
  readonly news?: readonly string[]
  readonly hold?: Hold
  /** What is watched over, for a rollback that nobody has to ask for. */
  readonly deployed?: Deployed
  /** Such rollbacks, the newest last. */
  readonly rollbacks?: readonly AutomaticRollback[]
  /** Why the last operation or comparison failed, in the words of docs/concepts.md. */
  readonly failure?: Failure
  /** Self-heal budget per object; absent means full. */
  readonly heals?: Readonly<Record<string, HealBudget>>
}

/** The last operation, kept so that the same failure is not tried for ever and survives a restart. */
export type LastAttempt = {
  readonly revision: string
  readonly inputs: string
  readonly specDigest: string
  readonly phase: string
  readonly failure?: string
  readonly retryable?: boolean
}

/** Set by a rollback: automated sync stays off until Git shows something newer, or somebody syncs. */
export type Hold = {
  /** What was rolled back to. */
  readonly revision: string
  readonly id: number
  readonly by: string
  readonly at: string
  /** Why it was rolled back, where it was no person who did. */
  readonly because?: string
  /** What the tracked revision rendered from when it was left: as long as it does, the hold lasts. */
  readonly inputs: string
}

export type HealBudget = {
  readonly tokens: number
  /** Epoch ms of the last heal. */
  readonly at: number
  /** Heals beyond the budget, for the backoff. */
  readonly over: number
}
