import { Kafka, logLevel } from 'kafkajs'
import { NetworkError } from '../core/errors.ts'
import type { PlatformEvent } from '../core/event/event.ts'
import { topics } from '../core/event/topics.ts'
import type { BatchOptions } from './kafka/batch.ts'
import { consumeForever } from './kafka/consumer.ts'
import { deadline } from './kafka/deadline.ts'
import { type FollowOptions, followTopic } from './kafka/follow.ts'
import { createPublisher } from './kafka/publisher.ts'
import { deadLetter, toRecord } from './kafka/record.ts'
import { mendRequestQueue } from './kafka/request-queue.ts'

/** Durable events. Publishing settles when the event is on disk; consuming delivers at least once. */
export type EventBus = {
  /** Throws NetworkError when the event is not stored within two seconds; it is not kept then. EventTooLarge beyond 256 KiB. */
  publish(topic: string, event: PlatformEvent, key: string): Promise<void>
  /** Delivers every event of the topic to one consumer of the group, from the oldest on; returns how to stop. */
  consume(options: {
    readonly topic: string
    readonly group: string
    readonly handle: (event: PlatformEvent) => Promise<void>
  }): () => Promise<void>
  /** Delivers the whole topic to this process alone, from the oldest event on; what cannot be read is passed over. */
  follow(options: FollowOptions): () => Promise<void>
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

/** A bus on Kafka. The broker may be away, at the start too; what happens then is told to `onError`. */
export function createKafkaBus({ brokers, clientId, onError }: BusOptions): EventBus {
  mendRequestQueue()
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
    admin ??= connectAdmin(kafka).catch((error: unknown) => {
      admin = undefined
      throw new NetworkError(
        `Kafka does not answer: ${error instanceof Error ? error.message : error}`,
      )
    })
    return admin
  }
  const dropAdmin = (): void => {
    admin?.then((broken) => broken.disconnect()).catch(() => undefined)
    admin = undefined
  }
  return {
    publish: async (topic, event, key) => await publisher.send(topic, toRecord(event, key)),
    consume({ topic, group, handle }) {
      const onPoison: BatchOptions['onPoison'] = async (message, place, reason) => {
        onError(reason)
        await publisher.send(topics.deadLetters, deadLetter(message, place, reason))
      }
      const stop = consumeForever(kafka, { topic, group, handle, onPoison, onError })
      stops.push(stop)
      return stop
    },
    follow(options) {
      const offsets = async (topic: string) =>
        await (await connectedAdmin()).fetchTopicOffsets(topic)
      const stop = followTopic(kafka, { ...options, offsets, onError })
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
      try {
        await deadline(
          connectedAdmin().then((connected) => connected.describeCluster()),
          healthMs,
          'the broker is silent',
        )
        return true
      } catch {
        // that it does not answer is all there is to say
        dropAdmin()
        return false
      }
    },
    async close() {
      await Promise.allSettled([...stops.map((stop) => stop()), publisher.close()])
      dropAdmin()
    },
  }
}

async function connectAdmin(kafka: Kafka) {
  const admin = kafka.admin({ retry: { retries: 1 } })
  await admin.connect()
  return admin
}
