import type { HealthStatus } from '../health/health.ts'
import type { Decided, OperationRequest, Refresh } from './decision.ts'
import type { ConditionText, RenderedManifests } from './rendered.ts'
import type { FailureText, ResourceResult } from './result.ts'

/** What the workflow knows about the operation; the status is built from it and from the cluster. */
export type OperationFacts = {
  readonly phase: 'Running' | 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  readonly startedAt: number
  /** Epoch ms of the start of its first attempt, when this one repeats it. */
  readonly begunAt?: number
  readonly finishedAt?: number
  readonly revision: string
  /** One for each source, for an Application with a list of them. */
  readonly revisions?: readonly string[]
  readonly trigger: string
  readonly retryCount: number
  readonly heal: boolean
  /** Whether it is of what was known before, since the sources cannot be read. */
  readonly stale?: true
  readonly request?: OperationRequest
  readonly results: readonly ResourceResult[]
  readonly failure?: FailureText
  /** Whether it ended badly and is tried again. */
  readonly repeats?: true
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
  /** Epoch ms of the first attempt of a comparison that failed and is repeated. */
  readonly begunAt?: number
  /** In place of a failure that is not told yet: see core/status/grace.ts. */
  readonly troubledSince?: number
  readonly problems?: readonly string[]
  readonly conditions?: readonly ConditionText[]
  readonly operation?: OperationFacts
  /** The request that this report is the answer to; it is cleared with the same write (APP-01). */
  readonly answers?: OperationRequest
  /** The refresh that is done with this report. */
  readonly refreshed?: Refresh
  /** What an automatic rollback made of Git. */
  readonly reverted?: Reverted
  /** Ends the operation that the status speaks of, in the middle of it. */
  readonly ends?: EarlyEnd
  /** What the run decided, for whoever asks why. */
  readonly decided?: Decided
  /** Says the same once more because health moved meanwhile: what it counts and tells is done already. */
  readonly again?: true
}

/** The commits that put Git back after a rollback, and why there are not as many as there should be. */
export type Reverted = { readonly commits: readonly string[]; readonly givenUp?: string }

/** Terminated by a person (SYNC-25), or superseded by newer work. */
export type EarlyEnd = {
  readonly how: 'terminated' | 'superseded'
  readonly message: string
  readonly revision?: string
  /** Epoch ms of the start of the operation that is meant; any when absent. */
  readonly startedAt?: number
  readonly begunAt?: number
}

/** What a report made of the application. */
export type Reported = {
  readonly sync: 'Synced' | 'OutOfSync' | 'Unknown'
  readonly health: HealthStatus
  /** Events that Kafka did not take at once. */
  readonly unpublished: readonly unknown[]
}
