import { randomUUID } from 'node:crypto'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, beforeAll, inject } from 'vitest'
import { createKafkaBus, type EventBus } from '../../clients/bus.ts'
import type { PlatformEvent } from '../../core/event/event.ts'

/** The broker, by our bus and past it. */
export type KafkaAtHand = {
  readonly raw: Kafka
  readonly admin: Admin
  /** A bus that is closed after the test. */
  open(brokers?: readonly string[]): EventBus
  /** A topic of three partitions. */
  newTopic(): Promise<string>
}

/** Call it once in a file. */
export function useKafka(): KafkaAtHand {
  const { kafka: broker } = inject('endpoints')
  const raw = new Kafka({ brokers: [broker], clientId: 'contract', logLevel: logLevel.NOTHING })
  const admin = raw.admin()
  const opened: EventBus[] = []
  const open = (brokers: readonly string[] = [broker]): EventBus => {
    const bus = createKafkaBus({
      brokers: [...brokers],
      clientId: 'contract',
      onError: () => undefined,
    })
    opened.push(bus)
    return bus
  }
  beforeAll(async () => {
    // first: it also mends kafkajs, before any connection is opened
    await open().createTopics()
    await admin.connect()
  })
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((bus) => bus.close()))
  })
  afterAll(() => admin.disconnect())
  return {
    ...{ raw, admin, open },
    async newTopic() {
      const topic = `contract-${randomUUID()}`
      await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3 }] })
      return topic
    },
  }
}

/** An event that is told apart by its id. */
export function eventOf(id: string): PlatformEvent {
  return {
    specversion: '1.0',
    id,
    source: 'https://example.com/ä',
    type: 'test',
    subject: 'main',
    data: { id },
  }
}
