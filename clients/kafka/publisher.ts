import type { Kafka, Message, Producer } from 'kafkajs'
import { NetworkError } from '../../core/errors.ts'
import { deadline } from './deadline.ts'

/** Sends records; each settles when every in-sync replica has it on its log. */
export type Publisher = {
  send(topic: string, message: Message): Promise<void>
  close(): Promise<void>
}

type Waiting = {
  readonly topic: string
  readonly message: Message
  readonly bytes: number
  settle(error?: Error): void
}

const maxWaiting = 1_000
/** The broker refuses more than 1 MiB for one partition at a time. */
const maxBatchBytes = 768 * 1024
const deadlineMs = 2_000
/** When a broker that accepts connections but is silent is given up. */
const batchLimitMs = 4_000
const closeMs = 2_000

/**
 * Idempotent producer with one batch in flight; what comes meanwhile makes the next batch.
 * After two seconds the sender gets NetworkError and the record is not kept.
 */
export function createPublisher(kafka: Kafka): Publisher {
  let producer: Promise<Producer> | undefined
  let waiting: readonly Waiting[] = []
  let isSending = false
  let unsettled = 0

  const connected = (): Promise<Producer> => {
    producer ??= connect(kafka)
    return producer
  }
  /** After a failure the sequence numbers of the idempotent producer are not to be trusted. */
  const dropProducer = (): void => {
    const broken = producer
    producer = undefined
    broken?.then((old) => old.disconnect()).catch(() => undefined)
  }
  const sendBatch = async (batch: readonly Waiting[]): Promise<void> => {
    const sending = connected().then((sender) =>
      sender.sendBatch({ acks: -1, topicMessages: byTopic(batch) }),
    )
    try {
      await deadline(sending, batchLimitMs, 'the broker is silent')
      for (const { settle } of batch) settle()
    } catch (error) {
      dropProducer()
      const reason = error instanceof Error ? error.message : String(error)
      const failure = new NetworkError(`Kafka did not take the event: ${reason}`)
      for (const { settle } of batch) settle(failure)
    }
  }
  const drain = async (): Promise<void> => {
    if (isSending) return
    isSending = true
    while (waiting.length > 0) {
      const batch = firstBatch(waiting)
      waiting = waiting.slice(batch.length)
      await sendBatch(batch)
    }
    isSending = false
  }
  const enqueue = (topic: string, message: Message, settle: Waiting['settle']): void => {
    const timer = setTimeout(() => {
      waiting = waiting.filter((other) => other !== entry)
      settled(new NetworkError('Kafka did not take the event within two seconds'))
    }, deadlineMs)
    let isSettled = false
    const settled = (error?: Error): void => {
      if (isSettled) return
      isSettled = true
      unsettled--
      clearTimeout(timer)
      settle(error)
    }
    const entry: Waiting = { topic, message, bytes: sizeOf(message), settle: settled }
    unsettled++
    waiting = [...waiting, entry]
    // what is published in the same turn of the loop travels together
    setImmediate(() => void drain())
  }
  return {
    send: (topic, message) =>
      new Promise((resolve, reject) => {
        if (unsettled >= maxWaiting) {
          reject(new NetworkError('too many events wait for Kafka; send again in a moment'))
          return
        }
        enqueue(topic, message, (error) => (error === undefined ? resolve() : reject(error)))
      }),
    async close() {
      const open = producer?.then((sender) => sender.disconnect())
      producer = undefined
      await deadline(Promise.resolve(open), closeMs, 'closing').catch(() => undefined)
    },
  }
}

async function connect(kafka: Kafka): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    // the deadline of the sender ends it sooner
    retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 500 },
  })
  await producer.connect()
  return producer
}

function firstBatch(waiting: readonly Waiting[]): readonly Waiting[] {
  let bytes = 0
  const end = waiting.findIndex((entry, index) => {
    bytes += entry.bytes
    return index > 0 && bytes > maxBatchBytes
  })
  return end < 0 ? waiting : waiting.slice(0, end)
}

function byTopic(batch: readonly Waiting[]) {
  const topics = Map.groupBy(batch, ({ topic }) => topic)
  return [...topics].map(([topic, entries]) => ({
    topic,
    messages: entries.map(({ message }) => message),
  }))
}

function sizeOf({ key, value, headers = {} }: Message): number {
  const texts = [key, value, ...Object.entries(headers).flat(2)]
  return texts.reduce((total, text) => total + (text == null ? 0 : Buffer.byteLength(text)), 100)
}
