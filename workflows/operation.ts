import type {
  Decision,
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
  readonly end: (summary: string, more?: Pick<Outcome, 'retryInMs' | 'carried'>) => Outcome
}

/** What has been done so far; grows while the steps run. */
export type Progress = {
  readonly startedAt: number
  results: readonly ResourceResult[]
  /** The objects that this operation changed: those it waits for. */
  changed: readonly ResourceKey[]
}

/** What a report says of the operation, but for how it stands. */
export function factsOf(
  { decision, input }: Operation,
  rendered: RenderedManifests,
  { startedAt, results }: Progress,
): Omit<OperationFacts, 'phase' | 'message'> {
  return {
    startedAt,
    results,
    revision: rendered.revision,
    trigger: decision.trigger,
    retryCount: input.attempt ?? 0,
    heal: decision.trigger === 'drift',
  }
}
