import { setTimeout as sleep } from 'node:timers/promises'
import type { EachBatchPayload, KafkaMessage } from 'kafkajs'
import pLimit from 'p-limit'
import { NetworkError, PlatformError } from '../../core/errors.ts'
import type { PlatformEvent } from '../../core/event/event.ts'
import { fromRecord, type RecordPlace } from './record.ts'

export type BatchOptions = {
  /**
   * May be called again for the same event; what it throws decides whether it is tried again.
   * `storedAt` is when the broker stored it, in epoch ms.
   */
  readonly handle: (event: PlatformEvent, storedAt: number) => Promise<void>
  /** Takes a record that can never be handled, with the reason; settles when it is stored. */
  readonly onPoison: (message: KafkaMessage, place: RecordPlace, reason: Error) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly stopped: AbortSignal
}

const parallelKeys = 16
const beatMs = 1_000
const firstPauseMs = 100
const lastPauseMs = 5_000
const triesOfMistakes = 5
// at five seconds each: an hour for what nobody foresaw, so that it never blocks for good
const triesOfUnknown = 720

/**
 * Handles the events of one partition: those of one key in order, different keys side by side.
 * Offsets are resolved in order, so that a crash repeats events and skips none. Says whether all of
 * the batch is handled.
 */
export async function handleBatch(
  payload: EachBatchPayload,
  options: BatchOptions,
): Promise<boolean> {
  const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale } = payload
  const { messages } = batch
  const done = new Set<KafkaMessage>()
  let resolved = 0
  let failure: unknown
  const goesOn = (): boolean =>
    failure === undefined && !options.stopped.aborted && isRunning() && !isStale()
  const finish = (message: KafkaMessage): void => {
    done.add(message)
    for (
      let next = messages[resolved];
      next !== undefined && done.has(next);
      next = messages[resolved]
    ) {
      resolveOffset(next.offset)
      resolved++
    }
  }
  const handleLane = async (lane: readonly KafkaMessage[]): Promise<void> => {
    for (const message of lane) {
      const place = { topic: batch.topic, partition: batch.partition, offset: message.offset }
      if (!(await handleOne(message, place, options, goesOn))) return
      finish(message)
    }
  }
  // a handler may take longer than the broker waits for a sign of life
  const beat = setInterval(() => {
    heartbeat()
      .then(() => commitOffsetsIfNecessary())
      .catch((error: unknown) => {
        failure ??= error
      })
  }, beatMs)
  const limit = pLimit(parallelKeys)
  const lanes = Map.groupBy(messages, ({ key, offset }) => key?.toString('latin1') ?? offset)
  const ended = await Promise.allSettled(
    [...lanes.values()].map((lane) => limit(() => handleLane(lane))),
  )
  clearInterval(beat)
  for (const lane of ended) if (lane.status === 'rejected') failure ??= lane.reason
  if (failure !== undefined) throw failure
  await heartbeat()
  return resolved === messages.length
}

/** Tries until it is handled or stored as poison; false when there is no time left for it. */
async function handleOne(
  message: KafkaMessage,
  place: RecordPlace,
  { handle, onPoison, onError, stopped }: BatchOptions,
  goesOn: () => boolean,
): Promise<boolean> {
  const read = fromRecord(message.headers, message.value)
  if ('problem' in read) {
    await onPoison(message, place, new Error(read.problem))
    return true
  }
  for (let tries = 1; goesOn(); tries++) {
    try {
      await handle(read.event, Number(message.timestamp))
      return true
    } catch (error) {
      if (tries >= triesFor(error)) {
        await onPoison(
          message,
          place,
          error instanceof Error ? error : new NetworkError(String(error)),
        )
        return true
      }
      onError(error)
      const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(tries, 10), lastPauseMs)
      await sleep(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
    }
  }
  return false
}

/** What can pass is waited for as long as it takes: the event is neither lost nor skipped. */
function triesFor(error: unknown): number {
  if (error instanceof PlatformError)
    return error.retryable ? Number.POSITIVE_INFINITY : triesOfMistakes
  const isMistake =
    error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError
  return isMistake ? triesOfMistakes : triesOfUnknown
}
