import type { HealthStatus } from './health/health.ts'
import type { ResourceKey } from './manifest/key.ts'
import type { Phase } from './plan/phase.ts'

/**
 * The shapes that travel between the steps, in the order in which they are made:
 * Wake → Decision → Fetched → RenderedManifests → ResourceDiff[] → SyncPlan → SyncResult → HealthReport.
 * Each is readonly plain JSON, made in one place; none carries a manifest body or an Application's spec.
 */
export type ApplicationRef = {
  readonly namespace: string
  readonly name: string
  /** Keeps a re-created Application apart from its namesake. */
  readonly uid: string
}

/** Why to look at an application again. It never says what to deploy. */
export type Wake = {
  readonly reason: WakeReason
  /** Epoch ms when it was noticed: what is read from Git must be at least this fresh. */
  readonly at: number
  /** Ids of the events behind it. */
  readonly events?: readonly string[]
  readonly commit?: string
  /** The commit in a few words, for the list of runs: `"fix probe" by kim`. */
  readonly about?: string
  readonly keys?: readonly ResourceKey[]
  /** Digest of the Application that was seen; whoever holds another state reads it anew. */
  readonly observed?: string
}
export type WakeReason =
  | 'spec'
  | 'push'
  | 'poll'
  | 'start'
  | 'refresh'
  | 'drift'
  | 'health'
  | 'delete'
  | 'operation'
  | 'terminate'

/** What to do about the wakes, and why. */
export type Decision = {
  readonly action: 'ignore' | 'report' | 'compare' | 'sync' | 'delete' | 'invalid' | 'terminate'
  readonly reason: string
  readonly specDigest: string
  readonly trigger: string
  /** Reasons for `invalid`. */
  readonly problems: readonly string[]
  /** Self-heal beyond its budget waits this long first. */
  readonly delayMs?: number
  /** How long an operation waits for health. */
  readonly healthTimeoutMs: number
  /** What somebody asked for by `Application.operation`; absent for what we do by ourselves. */
  readonly request?: OperationRequest
  /** When newer work may take the place of this operation; absent means `replace`. */
  readonly supersede?: SupersedePolicy
  /** `spec.syncPolicy.retry`, or that of the request. */
  readonly retry?: RetryPolicy
  /** The refresh that was asked for by annotation, to be taken off when it is done (AUTO-03, AUTO-04). */
  readonly refresh?: Refresh
}

/**
 * `replace`: at the next safe point. `finish`: when the attempt that runs is over, instead of its
 * retries. `queue`: when the operation is over with all its retries, as in Argo CD.
 */
export type SupersedePolicy = 'replace' | 'finish' | 'queue'

/** SYNCP-05 to SYNCP-07; times in ms. */
export type RetryPolicy = {
  /** Negative for ever. */
  readonly limit: number
  readonly durationMs: number
  readonly factor: number
  readonly maxMs: number
}

export type Refresh = { readonly kind: 'normal' | 'hard'; readonly stamp: string }

/** `Application.operation` without its bodies: a source of its own stays in the Application. */
export type OperationRequest = {
  /** Digest of the operation as it was seen; another one is never cleared in its place. */
  readonly digest: string
  readonly initiator: string
  readonly revision?: string
  readonly prune: boolean
  readonly dryRun: boolean
  /** False for selected resources and for the strategy `apply` (SYNC-17, SYNC-18). */
  readonly hooks: boolean
  /** Only these; names of kinds as keys are, the namespace may be left open. */
  readonly resources?: readonly SelectedResource[]
  /** Whether the operation brings its own source (a rollback does). */
  readonly ownSource: boolean
  /** Id of the history entry that a rollback goes back to. */
  readonly rollbackTo?: number
}
export type SelectedResource = {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}

/** Which commit the application's revision is now, and the identity of everything it renders from. */
export type Fetched = {
  readonly revision: string
  /** Digest of (tree of the path, parameters, tool): equal inputs render to equal manifests. */
  readonly inputs: string
  readonly subject: string
  readonly author: string
}

/** What one revision renders to. The bodies lie in the artifact cache under `digest`. */
export type RenderedManifests = {
  readonly revision: string
  readonly inputs: string
  readonly digest: string
  readonly count: number
  readonly warnings: readonly ConditionText[]
  /** What rendered them; absent for a plain directory of the first version. */
  readonly sourceType?: string
}
export type ConditionText = { readonly type: string; readonly message: string }

/** How one resource differs from the cluster; `fields` are paths, never values. */
export type ResourceDiff = {
  readonly key: ResourceKey
  readonly action: 'create' | 'update' | 'prune'
  readonly wave: number
  /** Absent for the phase Sync. */
  readonly phase?: Phase
  readonly fields?: readonly string[]
}
/** Differences only: what is not listed is equal. */
export type Comparison = {
  readonly equal: number
  readonly differences: readonly ResourceDiff[]
  readonly hooks?: readonly Hook[]
  /** The destination's namespace, when it is to be created and does not exist (SYNCP-08). */
  readonly namespaceToCreate?: string
}
/** A hook as it is declared (HOOK-01); it has no sync status. */
export type Hook = {
  /** Its place in the list of rendered objects. */
  readonly object: number
  readonly key: ResourceKey
  readonly phases: readonly Phase[]
  readonly wave: number
}

/** What will be done, in order. A step starts when the one before it is healthy. */
export type SyncPlan = {
  readonly action: 'sync' | 'none'
  readonly reason: string
  readonly conditions: readonly ConditionText[]
  readonly steps: readonly SyncStep[]
  /** Steps of the phase SyncFail, for when the others fail (HOOK-11). */
  readonly failSteps?: readonly SyncStep[]
  /** Objects that would have to be pruned, but pruning was not asked for. */
  readonly unpruned?: readonly ResourceKey[]
  /** Whether every change is tried as a dry-run before the first is made (design §7). */
  readonly check?: boolean
}
export type SyncStep = {
  readonly wave: number
  /** Absent for the phase Sync. */
  readonly phase?: Phase
  readonly changes: readonly SyncChange[]
  readonly hooks?: readonly PlannedHook[]
}
export type SyncChange = {
  readonly key: ResourceKey
  /** `namespace` creates the destination's namespace, which is nobody's resource. */
  readonly action: 'create' | 'update' | 'prune' | 'namespace'
}
export type PlannedHook = {
  readonly object: number
  readonly key: ResourceKey
  readonly phase: Phase
}

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

/** What the workflow knows about the operation; the status is built from it and from the cluster. */
export type OperationFacts = {
  readonly phase: 'Running' | 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  readonly startedAt: number
  readonly finishedAt?: number
  readonly revision: string
  readonly trigger: string
  readonly retryCount: number
  readonly heal: boolean
  readonly request?: OperationRequest
  readonly results: readonly ResourceResult[]
  readonly failure?: FailureText
}

/** One thing to write into `Application.status`. */
export type StatusReport = {
  /** Epoch ms on the workflow's clock. */
  readonly at: number
  /** Grows with every report of an application; an older one never overwrites a newer one. */
  readonly sequence: number
  /** False for progress, which may be folded into the next report. */
  readonly final: boolean
  readonly specDigest: string
  readonly rendered?: RenderedManifests
  readonly failure?: FailureText
  readonly problems?: readonly string[]
  readonly conditions?: readonly ConditionText[]
  readonly operation?: OperationFacts
  /** The request that this report is the answer to; it is cleared with the same write (APP-01). */
  readonly answers?: OperationRequest
  /** The refresh that is done with this report. */
  readonly refreshed?: Refresh
  /** Ends the operation that the status speaks of, in the middle of it. */
  readonly ends?: EarlyEnd
  /** What the run decided, for whoever asks why. */
  readonly decided?: Decided
  /** Says the same once more because health moved meanwhile: what it counts and tells is done already. */
  readonly again?: true
}
/** A decision with what it was about. */
export type Decided = Pick<Decision, 'action' | 'reason' | 'trigger'> & {
  /** Epoch ms of the newest wake. */
  readonly at: number
  /** Ids of the events behind the wakes. */
  readonly events: readonly string[]
}
/** Terminated by a person (SYNC-25), or superseded by newer work. */
export type EarlyEnd = {
  readonly how: 'terminated' | 'superseded'
  readonly message: string
  readonly revision?: string
  /** Epoch ms of the start of the operation that is meant; any when absent. */
  readonly startedAt?: number
}

/** What a report made of the application. */
export type Reported = {
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown'
  readonly health: HealthStatus
  /** Events that Kafka did not take at once. */
  readonly unpublished: readonly unknown[]
}

/** A hint that a repository moved; the commit is only waited for, never believed. */
export type Look = {
  readonly reason: 'push' | 'poll' | 'replay'
  readonly at: number
  readonly event?: string
  readonly ref?: string
  readonly commit?: string
}

/** What one look at a repository found. */
export type Observed = {
  readonly head: string
  readonly applications: number
  readonly woken: number
  /** Looks whose commit is not to be seen yet. */
  readonly missing: readonly Look[]
  readonly lookAgainMs: number
  /** Events that Kafka did not take at once. */
  readonly unpublished?: readonly unknown[]
}
