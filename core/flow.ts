import type { HealthStatus } from './health/health.ts'
import type { ResourceKey } from './manifest/key.ts'

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

/** What to do about the wakes, and why. */
export type Decision = {
  readonly action: 'ignore' | 'report' | 'compare' | 'sync' | 'delete' | 'invalid'
  readonly reason: string
  readonly specDigest: string
  readonly trigger: string
  /** Reasons for `invalid`. */
  readonly problems: readonly string[]
  /** Self-heal beyond its budget waits this long first. */
  readonly delayMs?: number
  /** How long an operation waits for health. */
  readonly healthTimeoutMs: number
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
}
export type ConditionText = { readonly type: string; readonly message: string }

/** How one resource differs from the cluster; `fields` are paths, never values. */
export type ResourceDiff = {
  readonly key: ResourceKey
  readonly action: 'create' | 'update' | 'prune'
  readonly wave: number
  readonly fields?: readonly string[]
}
/** Differences only: what is not listed is equal. */
export type Comparison = {
  readonly equal: number
  readonly differences: readonly ResourceDiff[]
}

/** What will be done, in order. A step starts when the one before it is healthy. */
export type SyncPlan = {
  readonly action: 'sync' | 'none'
  readonly reason: string
  readonly conditions: readonly ConditionText[]
  readonly steps: readonly SyncStep[]
}
export type SyncStep = { readonly wave: number; readonly changes: readonly SyncChange[] }
export type SyncChange = {
  readonly key: ResourceKey
  readonly action: 'create' | 'update' | 'prune'
}

/** What was done in one step. One entry per planned change, also for those never reached. */
export type SyncResult = { readonly resources: readonly ResourceResult[] }
export type ResourceResult = {
  readonly key: ResourceKey
  readonly status: 'Synced' | 'Unchanged' | 'Pruned' | 'PruneSkipped' | 'SyncFailed' | 'NotReached'
  readonly message?: string
  /** Name of the error class, for the cause. */
  readonly failure?: string
}

export type HealthReport = {
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
}
