import { Kafka, logLevel } from 'kafkajs'
import type { PlatformEvent } from '../core/event/event.ts'
import { topics } from '../core/event/topics.ts'
import { consumeForever } from './kafka/consumer.ts'
import { createPublisher } from './kafka/publisher.ts'
import { toRecord } from './kafka/record.ts'

/** Durable events. Publishing settles when the event is on disk; consuming delivers at least once. */
export type EventBus = {
  /** Throws NetworkError when the event is not stored within two seconds; it is not kept then. */
  publish(topic: string, event: PlatformEvent, key: string): Promise<void>
  /** Delivers every event of the topic to one consumer of the group, from the oldest on; returns how to stop. */
  consume(options: {
    readonly topic: string
    readonly group: string
    readonly handle: (event: PlatformEvent) => Promise<void>
  }): () => Promise<void>
  /** Creates the topics that are not there. */
  createTopics(): Promise<void>
  healthy(): Promise<boolean>
  close(): Promise<void>
}

export type BusOptions = {
  readonly brokers: readonly string[]
  readonly clientId: string
  readonly onError: (error: unknown) => void
}

const partitions = 6
const retentionMs = 30 * 24 * 3_600_000
const healthMs = 1_000

export function createKafkaBus({ brokers, clientId, onError }: BusOptions): EventBus {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 1_000,
    requestTimeout: 5_000,
    enforceRequestTimeout: false,
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.NOTHING,
  })
  const publisher = createPublisher(kafka)
  const stops: (() => Promise<void>)[] = []
  let admin: Promise<ReturnType<Kafka['admin']>> | undefined

  const connectedAdmin = () => {
    admin ??= connectAdmin(kafka)
    return admin
  }
  return {
    publish: (topic, event, key) => publisher.send(topic, toRecord(event, key)),
    consume({ topic, group, handle }) {
      const onPoison = async (message: { key: Buffer | null; value: Buffer | null }, reason: Error) => {
        const headers = { cause: reason.message, stack: reason.stack ?? '', topic }
        await publisher.send(topics.deadLetters, { key: message.key, value: message.value, headers })
      }
      const stop = consumeForever(kafka, { topic, group, handle, onPoison, onError })
      stops.push(stop)
      return stop
    },
    async createTopics() {
      await (await connectedAdmin()).createTopics({
        waitForLeaders: true,
        topics: Object.values(topics).map((topic) => ({
          topic,
          numPartitions: partitions,
          configEntries: [{ name: 'retention.ms', value: String(retentionMs) }],
        })),
      })
    },
    async healthy() {
      const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), healthMs).unref())
      const asked = connectedAdmin()
        .then((connected) => connected.describeCluster())
        .then(() => true)
        .catch(() => {
          admin = undefined
          return false
        })
      return await Promise.race([asked, late])
    },
    async close() {
      await Promise.allSettled([...stops.map((stop) => stop()), publisher.close()])
      await (await admin?.catch(() => undefined))?.disconnect()
    },
  }
}

async function connectAdmin(kafka: Kafka) {
  const admin = kafka.admin({ retry: { retries: 1 } })
  await admin.connect()
  return admin
}
