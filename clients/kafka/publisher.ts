import type { Kafka, Message, Producer } from 'kafkajs'
import { NetworkError } from '../../core/errors.ts'

/** Sends records; each settles when every in-sync replica has it on its log. */
export type Publisher = {
  send(topic: string, message: Message): Promise<void>
  close(): Promise<void>
}

type Waiting = {
  readonly topic: string
  readonly message: Message
  settle(error?: Error): void
}

const maxWaiting = 1_000
const maxBatch = 200
const deadlineMs = 2_000

/**
 * Idempotent producer with one batch in flight; what comes meanwhile makes the next batch.
 * After two seconds the sender gets NetworkError and the record is not kept.
 */
export function createPublisher(kafka: Kafka): Publisher {
  let producer: Promise<Producer> | undefined
  let waiting: Waiting[] = []
  let sending = false
  let unsettled = 0

  const connected = (): Promise<Producer> => {
    producer ??= connect(kafka)
    return producer
  }
  const sendBatch = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const topics = [...new Set(batch.map(({ topic }) => topic))]
      const topicMessages = topics.map((topic) => ({
        topic,
        messages: batch.filter((entry) => entry.topic === topic).map(({ message }) => message),
      }))
      await (await connected()).sendBatch({ acks: -1, topicMessages })
      for (const { settle } of batch) settle()
    } catch (error) {
      // after a failed batch the sequence of the idempotent producer is not to be trusted
      const broken = producer
      producer = undefined
      void broken?.then((old) => old.disconnect()).catch(() => undefined)
      const reason = error instanceof Error ? error.message : String(error)
      for (const { settle } of batch) settle(new NetworkError(`Kafka did not take the event: ${reason}`))
    }
  }
  const drain = async (): Promise<void> => {
    if (sending) return
    sending = true
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxBatch)
      waiting = waiting.slice(maxBatch)
      await sendBatch(batch)
    }
    sending = false
  }
  return {
    send: (topic, message) =>
      new Promise((resolve, reject) => {
        if (unsettled >= maxWaiting) {
          reject(new NetworkError('too many events wait for Kafka; send again in a moment'))
          return
        }
        unsettled++
        let settled = false
        const settle = (error?: Error): void => {
          if (settled) return
          settled = true
          unsettled--
          clearTimeout(timer)
          if (error === undefined) resolve()
          else reject(error)
        }
        const entry: Waiting = { topic, message, settle }
        const timer = setTimeout(() => {
          waiting = waiting.filter((other) => other !== entry)
          settle(new NetworkError('Kafka did not take the event within two seconds'))
        }, deadlineMs)
        waiting.push(entry)
        setImmediate(() => void drain())
      }),
    async close() {
      await (await producer?.catch(() => undefined))?.disconnect()
    },
  }
}

async function connect(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // the deadline of the sender ends it sooner; kafkajs warns below its own default
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 500 },
  })
  await producer.connect()
  return producer
}
