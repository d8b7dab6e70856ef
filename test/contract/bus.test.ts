import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { EventBus } from '../../clients/bus.ts'
import { NetworkError } from '../../core/errors.ts'
import type { PlatformEvent } from '../../core/event/event.ts'
import { topics } from '../../core/event/topics.ts'
import { eventOf, useKafka } from './kafka-at-hand.ts'

const { raw, admin, open, newTopic } = useKafka()

/** Publishes `count` events over three keys; the ids tell key and order. */
const publish = (bus: EventBus, topic: string, count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      bus.publish(topic, eventOf(`k${n % 3}-${n}`), `k${n % 3}`),
    ),
  )

test('topics are made once, with six partitions and 30 days; making them again changes nothing', async () => {
  await open().createTopics()
  const { topics: found } = await admin.fetchTopicMetadata({ topics: Object.values(topics) })
  expect(found.map(({ partitions }) => partitions.length)).toEqual([6, 6, 6, 6, 6])
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: topics.events, configNames: ['retention.ms'] }],
  })
  expect(resources[0]?.configEntries[0]?.configValue).toBe(String(30 * 86_400_000))
})

test('what was published before anybody listened arrives whole, in the order of its key, in each group', async () => {
  const bus = open()
  const topic = await newTopic()
  await publish(bus, topic, 300)
  for (const group of ['a', 'b']) {
    const got: PlatformEvent[] = []
    bus.consume({ topic, group: `${topic}-${group}`, handle: async (one) => void got.push(one) })
    await expect.poll(() => got.length, { timeout: 10_000 }).toBe(300)
    expect(got.find(({ id }) => id === 'k0-0')).toEqual(eventOf('k0-0'))
    for (const key of ['k0-', 'k1-', 'k2-']) {
      const numbers = got.flatMap(({ id }) => (id.startsWith(key) ? [Number(id.slice(3))] : []))
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y))
    }
  }
})

test('a record is a CloudEvent in binary mode', async () => {
  const topic = await newTopic()
  await open().publish(topic, eventOf('e1'), 'k')
  const consumer = raw.consumer({ groupId: `${topic}-raw` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const got = Promise.withResolvers<Record<string, string>>()
  await consumer.run({
    eachMessage: async ({ message: { headers = {}, key, value } }) => {
      const texts = Object.entries(headers).map(([name, text]) => [name, String(text)])
      got.resolve({ ...Object.fromEntries(texts), key: String(key), value: String(value) })
    },
  })
  expect(await got.promise).toEqual({
    'content-type': 'application/json',
    ce_specversion: '1.0',
    ce_id: 'e1',
    ce_source: 'https://example.com/ä',
    ce_type: 'test',
    ce_subject: 'main',
    key: 'k',
    value: '{"id":"e1"}',
  })
  await consumer.disconnect()
})

test('an event that was not finished when its consumer went comes to the next one, finished ones do not', async () => {
  const topic = await newTopic()
  const group = `${topic}-g`
  const first = open()
  await first.publish(topic, eventOf('one'), 'k')
  await first.publish(topic, eventOf('two'), 'k')
  const started: string[] = []
  first.consume({
    topic,
    group,
    async handle({ id }) {
      started.push(id)
      if (id === 'two') throw new NetworkError('Temporal is away')
    },
  })
  await expect.poll(() => started.includes('two'), { timeout: 10_000 }).toBe(true)
  await first.close()
  const got: string[] = []
  open().consume({ topic, group, handle: async ({ id }) => void got.push(id) })
  await expect.poll(() => got, { timeout: 10_000 }).toEqual(['two'])
})

test('what can pass is tried until it does, without skipping and without stopping other keys', async () => {
  const topic = await newTopic()
  const bus = open()
  await publish(bus, topic, 9)
  let isAway = true
  const got: string[] = []
  bus.consume({
    topic,
    group: `${topic}-g`,
    async handle({ id }) {
      if (isAway && id.startsWith('k0')) throw new NetworkError('Temporal is away')
      got.push(id)
    },
  })
  await expect.poll(() => got.length, { timeout: 10_000 }).toBe(6)
  isAway = false
  await expect.poll(() => got.length, { timeout: 10_000 }).toBe(9)
  expect(got.filter((id) => id.startsWith('k0'))).toEqual(['k0-0', 'k0-3', 'k0-6'])
})

test('who follows a topic reads all of it, each for itself, and is told when the begin is read', async () => {
  const topic = await newTopic()
  const bus = open()
  await publish(bus, topic, 30)
  const producer = raw.producer()
  await producer.connect()
  const junk = randomUUID()
  await producer.send({ topic, messages: [{ key: 'k0', value: `{${junk}` }] })
  const before = Date.now() - 60_000
  const lettersBefore = await admin.fetchTopicOffsets(topics.deadLetters)
  for (const reader of ['a', 'b']) {
    const got: string[] = []
    const caughtUp = Promise.withResolvers<number>()
    open().follow({
      topic,
      handle({ id }, storedAt) {
        expect(storedAt).toBeGreaterThan(before)
        got.push(id)
      },
      onCaughtUp: () => caughtUp.resolve(got.length),
    })
    expect(await caughtUp.promise).toBe(reader === 'a' ? 30 : 31)
    await bus.publish(topic, eventOf(`late-${reader}`), 'k0')
    await expect.poll(() => got.at(-1), { timeout: 10_000 }).toBe(`late-${reader}`)
  }
  await producer.disconnect()
  // what cannot be read is put aside by whoever works with the topic
  expect(await admin.fetchTopicOffsets(topics.deadLetters)).toEqual(lettersBefore)
})

test('who follows an empty topic has read it', async () => {
  const topic = await newTopic()
  const caughtUp = Promise.withResolvers<void>()
  open().follow({ topic, handle: () => undefined, onCaughtUp: caughtUp.resolve })
  await caughtUp.promise
})
