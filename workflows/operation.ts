import type {
  Decision,
  FailureText,
  OperationFacts,
  RenderedManifests,
  ResourceResult,
  StatusReport,
  Wake,
} from '../core/flow.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import type { ApplicationInput } from './contract.ts'
import type { Inbox } from './inbox.ts'
import type { Outcome } from './outcome.ts'

/** What every part of one operation works with. */
export type Operation = {
  readonly input: ApplicationInput
  readonly inbox: Inbox
  readonly wakes: readonly Wake[]
  readonly decision: Decision
  /** Writes the status; what is the same for the whole operation is filled in. */
  readonly report: (facts: Partial<StatusReport>) => Promise<void>
  /** The end of the operation as the run hands it on. */
  readonly end: (
    summary: string,
    more?: Pick<Outcome, 'retryInMs' | 'queued' | 'begunAt' | 'carried' | 'attempted'>,
  ) => Outcome
  /** Whether newer work takes the place of this operation at a safe point. */
  readonly isOvertaken: () => boolean
}

/** What has been done so far; grows while the steps run. */
export type Progress = {
  readonly startedAt: number
  /** Epoch ms of the start of the first attempt. */
  readonly begunAt: number
  /** Epoch ms of the start of the wave that runs. */
  waveBegunAt: number
  results: readonly ResourceResult[]
  /** The objects that this operation changed: those it waits for. */
  changed: readonly ResourceKey[]
  /** Whether it only mends what drifted, and whether that is what was known before. */
  readonly heal: boolean
  readonly stale: boolean
}

/** How the steps of an operation ended. */
export type End = {
  readonly phase: 'Succeeded' | 'Failed' | 'Error'
  readonly message: string
  readonly failure?: FailureText & { readonly retryable?: boolean }
  /** Whether nothing was done at all, so that there is nothing to clean up after. */
  readonly notBegun?: boolean
  /** The deadline that ended it. */
  readonly timedOut?: 'health' | 'wave' | 'operation'
}

/** What a report says of the operation, but for how it stands. */
export function factsOf(
  { decision, input }: Operation,
  rendered: RenderedManifests,
  { startedAt, begunAt, results, heal, stale }: Progress,
): Omit<OperationFacts, 'phase' | 'message'> {
  return {
    startedAt,
    ...(begunAt !== startedAt && { begunAt }),
    results,
    revision: rendered.revision,
    ...(rendered.revisions !== undefined && { revisions: rendered.revisions }),
    trigger: decision.trigger,
    retryCount: input.attempt ?? 0,
    heal,
    ...(stale && { stale: true as const }),
    ...(decision.request !== undefined && { request: decision.request }),
  }
}

/** Tells how far the operation is; may be folded into the next report. */
export async function reportProgress(
  operation: Operation,
  rendered: RenderedManifests,
  progress: Progress,
  message: string,
): Promise<void> {
  await operation.report({
    rendered,
    final: false,
    conditions: rendered.warnings,
    operation: { ...factsOf(operation, rendered, progress), phase: 'Running', message },
  })
}

/** The facts of an operation that ended before anything was known of its revision. */
export function notBegun(
  { request, trigger }: Decision,
  message: string,
  failure?: FailureText,
): OperationFacts {
  const now = Date.now()
  return {
    phase: 'Error',
    message,
    startedAt: now,
    finishedAt: now,
    revision: request?.revision ?? '',
    trigger,
    retryCount: 0,
    heal: false,
    results: [],
    ...(request !== undefined && { request }),
    ...(failure !== undefined && { failure }),
  }
}
