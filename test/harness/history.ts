import type { Client, WorkflowHandle } from '@temporalio/client'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>
/** One event of a history. */
export type HistoryEvent = NonNullable<History['events']>[number]

/** The events of the newest run of a workflow and of the runs that it continues, the oldest first. */
export async function readHistory(
  client: Client,
  id: string,
): Promise<readonly (readonly HistoryEvent[])[]> {
  const runs: (readonly HistoryEvent[])[] = []
  let runId: string | undefined = (await client.workflow.getHandle(id).describe()).runId
  while (runId) {
    const { events } = await client.workflow.getHandle(id, runId).fetchHistory()
    runs.unshift(events ?? [])
    runId = startOf(events ?? [])?.continuedExecutionRunId ?? undefined
  }
  return runs
}

/** What the run was started with. */
export function inputOf<T>(events: readonly HistoryEvent[]): T {
  return decoded<T>(startOf(events)?.input?.payloads?.[0])
}

/** How long each timer of the run waits, in ms. */
export function timersOf(events: readonly HistoryEvent[]): readonly number[] {
  return events.flatMap(({ timerStartedEventAttributes: timer }) => {
    if (!timer?.startToFireTimeout) return []
    const { seconds, nanos } = timer.startToFireTimeout
    return [Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1_000_000]
  })
}

function startOf(events: readonly HistoryEvent[]) {
  return events[0]?.workflowExecutionStartedEventAttributes
}

function decoded<T>(payload: Payload | null | undefined): T {
  if (!payload) throw new Error('there is no payload')
  return defaultPayloadConverter.fromPayload<T>(payload)
}
