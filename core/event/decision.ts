import type { Failure } from '../failure/failure.ts'
import { rfc3339 } from '../time.ts'

/**
 * The steps of an event's life: routed to its repositories → the repository was looked at → the
 * application decided → its operation ended → people were told.
 */
export type DecisionStep = 'routed' | 'observed' | 'decided' | 'operated' | 'told'

/** What was decided, or came of it; told on `driftless.decisions`. A later record of the same id takes its place. */
export type DecisionEvent = {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: `dev.driftless.decision.${DecisionStep}`
  readonly time: string
  readonly data: DecisionData
}
export type DecisionData = {
  /** Epoch ms. */
  readonly at: number
  /** Ids of the events behind it; none for drift, edits and polls. */
  readonly events: readonly string[]
  /** `<namespace>/<name>`; absent for what concerns no single one. */
  readonly application?: string
  /** One line for people. */
  readonly summary: string
  readonly revision?: string
  readonly failure?: Failure
  readonly facts?: DecisionFacts
}
/** Plain data of one step, small enough for a record. */
export type DecisionFacts = Readonly<
  Record<string, string | number | readonly string[] | Readonly<Record<string, number>>>
>

const maxEvents = 200
const maxSummaryLength = 2_000

type Told = Omit<DecisionData, 'summary'> & {
  readonly step: DecisionStep
  /** What makes the id; the same decision has the same. */
  readonly id: string
  readonly source: string
  readonly summary: string
}

/** Makes the event of a decision; long lists and texts are cut. */
export function decisionEvent({ step, id, source, ...data }: Told): DecisionEvent {
  return {
    specversion: '1.0',
    id: `${id}-${step}`,
    source,
    type: `dev.driftless.decision.${step}`,
    time: rfc3339(data.at),
    data: {
      ...data,
      events: data.events.slice(-maxEvents),
      summary: data.summary.slice(0, maxSummaryLength),
    },
  }
}

/** The partition key: the event, or what it happened to when there is none. */
export function keyOfDecision({ source, data }: DecisionEvent): string {
  return data.events.at(-1) ?? data.application ?? source
}

/** Whether it is an event of this topic. */
export function isDecision<T extends { readonly type: string }>(
  event: T | DecisionEvent,
): event is DecisionEvent {
  return event.type.startsWith('dev.driftless.decision.')
}
