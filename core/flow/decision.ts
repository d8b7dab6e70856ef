import type { Deletion } from '../policy/finalizers.ts'

/** What to do about the wakes, and why. */
export type Decision = {
  readonly action:
    | 'ignore'
    | 'report'
    | 'compare'
    | 'sync'
    | 'delete'
    | 'invalid'
    | 'terminate'
    /** What somebody asked for waits for a sync window. */
    | 'wait'
  readonly reason: string
  readonly specDigest: string
  readonly trigger: string
  /** The Application that there is now, when it is another one than the run was opened for. */
  readonly uid?: string
  /** The cluster whose worker goes on with it, when that is another one than where it was decided. */
  readonly cluster?: string
  /** How the run behaves; absent in runs of 0.1 and 0.2, whose changes are marked one by one. */
  readonly behaviour?: number
  /** Reasons for `invalid`. */
  readonly problems: readonly string[]
  /** Self-heal beyond its budget waits this long first. */
  readonly delayMs?: number
  /** Set while sync windows permit no sync: it is decided anew after this long (WIN-06, WIN-07). */
  readonly blocked?: { readonly reason: string; readonly inMs: number }
  /** How long an operation waits for health. */
  readonly healthTimeoutMs: number
  /** How long one wave may take, and the operation with all its attempts; absent for ever. */
  readonly waveTimeoutMs?: number
  readonly operationTimeoutMs?: number
  /** What somebody asked for by `Application.operation`; absent for what we do by ourselves. */
  readonly request?: OperationRequest
  /** When newer work may take the place of this operation; absent means `replace`. */
  readonly supersede?: SupersedePolicy
  /** `spec.syncPolicy.retry`, or that of the request. */
  readonly retry?: RetryPolicy
  /** What a deletion still has to do; absent in runs of before behaviour 5. */
  readonly deletion?: Deletion
  /** Whether Git is put back as well when this rollback succeeded. */
  readonly revert?: true
  /** The refresh that was asked for by annotation, to be taken off when it is done (AUTO-03, AUTO-04). */
  readonly refresh?: Refresh
}

/** A decision with what it was about. */
export type Decided = Pick<Decision, 'action' | 'reason' | 'trigger'> & {
  /** Epoch ms of the newest wake. */
  readonly at: number
  /** Ids of the events behind the wakes. */
  readonly events: readonly string[]
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
  /** Whether Git is looked at before each repetition (SYNCP-07). */
  readonly refresh?: true
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
  /** The sync options that hold for it in place of the spec's. */
  readonly syncOptions?: readonly string[]
  /** Whether what cannot be changed is deleted and made anew (SYNC-20). */
  readonly force?: true
  /** Id of the history entry that a rollback goes back to. */
  readonly rollbackTo?: number
  /** Why it was asked for, where it was no person who did. */
  readonly because?: string
}

export type SelectedResource = {
  readonly group: string
  readonly kind: string
  readonly name: string
  readonly namespace?: string
}
