import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { NetworkError, PlatformError } from '../../core/errors.ts'
import type { PlatformEvent } from '../../core/event/event.ts'
import { fromRecord } from './record.ts'

export type ConsumeOptions = {
  readonly topic: string
  readonly group: string
  /** May be called again for the same event; what it throws decides whether it is tried again. */
  readonly handle: (event: PlatformEvent) => Promise<void>
  /** Takes a record that can never be handled, with the reason; settles when it is stored. */
  readonly onPoison: (message: KafkaMessage, reason: Error) => Promise<void>
  readonly onError: (error: unknown) => void
}

const sessionMs = 10_000
const silenceMs = 2.5 * sessionMs
const restartMs = 500
const maxTries = 5

/**
 * Consumes a topic until it is stopped. kafkajs comes back late after a broker's death, so a
 * consumer that crashed or fell silent is replaced by a new one.
 */
export function consumeForever(kafka: Kafka, options: ConsumeOptions): () => Promise<void> {
  let stopped = false
  let current: Consumer | undefined
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const consumer = kafka.consumer({
        groupId: options.group,
        sessionTimeout: sessionMs,
        heartbeatInterval: 1_000,
        maxWaitTimeInMs: 5_000,
        allowAutoTopicCreation: false,
        retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: async () => false },
      })
      current = consumer
      await runOnce(consumer, options).catch(options.onError)
      await consumer.disconnect().catch(options.onError)
      if (!stopped) await new Promise((resolve) => setTimeout(resolve, restartMs))
    }
  }
  const ended = loop()
  return async () => {
    stopped = true
    await current?.disconnect()
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2_000))])
  }
}

/** Settles when the consumer is of no use any more. */
async function runOnce(consumer: Consumer, options: ConsumeOptions): Promise<void> {
  const over = Promise.withResolvers<void>()
  let lastBeat = Date.now()
  consumer.on('consumer.heartbeat', () => {
    lastBeat = Date.now()
  })
  consumer.on('consumer.crash', ({ payload }) => over.reject(payload.error))
  consumer.on('consumer.disconnect', () => over.resolve())
  await consumer.connect()
  await consumer.subscribe({ topics: [options.topic], fromBeginning: true })
  await consumer.run({
    eachBatchAutoResolve: false,
    partitionsConsumedConcurrently: 6,
    eachBatch: (payload) => handleBatch(payload, options),
  })
  const watchdog = setInterval(() => {
    if (Date.now() - lastBeat > silenceMs) over.reject(new NetworkError('the consumer fell silent'))
  }, 1_000)
  try {
    await over.promise
  } finally {
    clearInterval(watchdog)
  }
}

/** Offsets are resolved one by one: a crash repeats at most the event in hand. */
async function handleBatch(
  { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload,
  options: ConsumeOptions,
): Promise<void> {
  for (const message of batch.messages) {
    if (!isRunning() || isStale()) return
    await handleOne(message, options, heartbeat)
    resolveOffset(message.offset)
    await heartbeat()
  }
  await commitOffsetsIfNecessary()
}

async function handleOne(
  message: KafkaMessage,
  { handle, onPoison, onError }: ConsumeOptions,
  heartbeat: () => Promise<void>,
): Promise<void> {
  const read = fromRecord(message.headers, message.value)
  if ('problem' in read) {
    await onPoison(message, new Error(read.problem))
    return
  }
  for (let tries = 1; ; tries++) {
    try {
      await handle(read.event)
      return
    } catch (error) {
      onError(error)
      // what can pass is waited for as long as it takes: the event is not lost and not skipped
      const passes = !(error instanceof PlatformError) || error.retryable
      const poison = error instanceof TypeError || error instanceof RangeError || !passes
      if (poison && tries >= maxTries) {
        await onPoison(message, error instanceof Error ? error : new Error(String(error)))
        return
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** tries, 5_000)))
      await heartbeat()
    }
  }
}
