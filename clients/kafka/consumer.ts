import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, Kafka } from 'kafkajs'
import { NetworkError } from '../../core/errors.ts'
import { type BatchOptions, handleBatch } from './batch.ts'
import { deadline } from './deadline.ts'

export type ConsumeOptions = Omit<BatchOptions, 'stopped'> & {
  readonly topic: string
  readonly group: string
  /** Called with the offset that comes next, when all before it are handled. */
  readonly onRead?: (partition: number, next: bigint) => void
}

const sessionMs = 10_000
const silenceMs = 2.5 * sessionMs
const restartMs = 500
const stopMs = 3_000

/**
 * Consumes a topic until it is stopped. kafkajs comes back late after a broker's death, so a
 * consumer that crashed or fell silent is replaced by a new one.
 */
export function consumeForever(kafka: Kafka, options: ConsumeOptions): () => Promise<void> {
  const stop = new AbortController()
  let current: Consumer | undefined
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const consumer = createConsumer(kafka, options.group)
      current = consumer
      await runOnce(consumer, options, stop.signal).catch(options.onError)
      await leave(consumer)
      await sleep(restartMs, undefined, { signal: stop.signal }).catch(() => undefined)
    }
  }
  const ended = loop()
  return async () => {
    stop.abort()
    // a member that does not say goodbye keeps its partitions for the whole session time
    if (current !== undefined) await leave(current)
    await deadline(ended, stopMs, 'stopping').catch(options.onError)
  }
}

function createConsumer(kafka: Kafka, groupId: string): Consumer {
  return kafka.consumer({
    groupId,
    sessionTimeout: sessionMs,
    heartbeatInterval: 1_000,
    // an empty fetch is answered after this time, and only between fetches kafkajs beats and stops
    maxWaitTimeInMs: 1_000,
    allowAutoTopicCreation: false,
    retry: {
      retries: 3,
      initialRetryTime: 100,
      maxRetryTime: 1_000,
      restartOnFailure: async () => false,
    },
  })
}

async function leave(consumer: Consumer): Promise<void> {
  await deadline(consumer.disconnect(), stopMs, 'leaving').catch(() => undefined)
}

/** Settles when the consumer is of no use any more. */
async function runOnce(
  consumer: Consumer,
  { topic, handle, onPoison, onError, onRead }: ConsumeOptions,
  stopped: AbortSignal,
): Promise<void> {
  const over = Promise.withResolvers<void>()
  // it may be over before it is awaited
  over.promise.catch(() => undefined)
  let lastBeat = Date.now()
  consumer.on('consumer.heartbeat', () => {
    lastBeat = Date.now()
  })
  consumer.on('consumer.crash', ({ payload }) => over.reject(payload.error))
  consumer.on('consumer.disconnect', () => over.resolve())
  const watchdog = setInterval(() => {
    if (Date.now() - lastBeat > silenceMs) over.reject(new NetworkError('the consumer fell silent'))
  }, 1_000)
  const run = async (): Promise<void> => {
    await consumer.connect()
    await consumer.subscribe({ topics: [topic], fromBeginning: true })
    await consumer.run({
      eachBatchAutoResolve: false,
      autoCommitInterval: 1_000,
      partitionsConsumedConcurrently: 6,
      async eachBatch(payload) {
        const isRead = await handleBatch(payload, { handle, onPoison, onError, stopped })
        const { partition } = payload.batch
        if (isRead) onRead?.(partition, BigInt(payload.batch.lastOffset()) + 1n)
      },
    })
  }
  run().catch(over.reject)
  try {
    await over.promise
  } finally {
    clearInterval(watchdog)
  }
}
