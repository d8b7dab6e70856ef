import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { type Admin, Kafka, logLevel } from 'kafkajs'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { createKafkaBus, type EventBus } from '../../clients/bus.ts'
import { EventTooLarge, ManifestError, NetworkError } from '../../core/errors.ts'
import type { PlatformEvent } from '../../core/event/event.ts'
import { topics } from '../../core/event/topics.ts'

const { kafka: broker } = inject('endpoints')
const raw = new Kafka({ brokers: [broker], clientId: 'contract', logLevel: logLevel.NOTHING })
const errors: unknown[] = []
const warnings: string[] = []
process.on('warning', ({ name }) => warnings.push(name))
const opened: EventBus[] = []
let admin: Admin

const open = (brokers = [broker]): EventBus => {
  const bus = createKafkaBus({
    brokers,
    clientId: 'contract',
    onError: (error) => errors.push(error),
  })
  opened.push(bus)
  return bus
}

beforeAll(async () => {
  // first: it also mends kafkajs, whose warnings are looked for below
  await open().createTopics()
  admin = raw.admin()
  await admin.connect()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()))
  errors.length = 0
})
afterAll(async () => {
  await admin.disconnect()
})

const newTopic = async (): Promise<string> => {
  const topic = `contract-${randomUUID()}`
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 3 }] })
  return topic
}
const event = (id: string): PlatformEvent => ({
  specversion: '1.0',
  id,
  source: 'https://example.com/ä',
  type: 'test',
  subject: 'main',
  data: { id },
})
/** Publishes `count` events over three keys; the ids tell key and order. */
const publish = (bus: EventBus, topic: string, count: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: count }, (_, n) =>
      bus.publish(topic, event(`k${n % 3}-${n}`), `k${n % 3}`),
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
    expect(got.find(({ id }) => id === 'k0-0')).toEqual(event('k0-0'))
    for (const key of ['k0-', 'k1-', 'k2-']) {
      const numbers = got.flatMap(({ id }) => (id.startsWith(key) ? [Number(id.slice(3))] : []))
      expect(numbers).toEqual(numbers.toSorted((x, y) => x - y))
    }
  }
})

test('a record is a CloudEvent in binary mode', async () => {
  const topic = await newTopic()
  await open().publish(topic, event('e1'), 'k')
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
  await first.publish(topic, event('one'), 'k')
  await first.publish(topic, event('two'), 'k')
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
    await bus.publish(topic, event(`late-${reader}`), 'k0')
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

test('R-poison: what can never be handled goes to the dead letters with its cause, and the rest goes on', async () => {
  const topic = await newTopic()
  const bus = open()
  const producer = raw.producer()
  await producer.connect()
  const junk = randomUUID()
  await producer.send({ topic, messages: [{ key: 'k', value: `{${junk}` }] })
  await producer.disconnect()
  const bad = randomUUID()
  await bus.publish(topic, event(bad), 'k')
  await bus.publish(topic, event('good'), 'k')
  const got: string[] = []
  bus.consume({
    topic,
    group: `${topic}-g`,
    async handle({ id }) {
      if (id === bad) throw new ManifestError('line 3 is no manifest')
      got.push(id)
    },
  })
  await expect.poll(() => got, { timeout: 20_000 }).toEqual(['good'])
  const letters = await deadLetters(topic, 2)
  expect(letters[0]).toMatchObject({
    value: `{${junk}`,
    dlq_cause: expect.stringContaining('not JSON'),
  })
  expect(letters[1]).toMatchObject({
    ce_id: bad,
    value: JSON.stringify({ id: bad }),
    dlq_cause: 'ManifestError: line 3 is no manifest',
    dlq_stack: expect.stringContaining('bus.test.ts'),
    dlq_offset: expect.stringMatching(/^\d+$/),
  })
})

async function deadLetters(
  topic: string,
  count: number,
): Promise<readonly Record<string, string>[]> {
  const consumer = raw.consumer({ groupId: `dlq-${randomUUID()}` })
  await consumer.connect()
  await consumer.subscribe({ topics: [topics.deadLetters], fromBeginning: true })
  const found: Record<string, string>[] = []
  await consumer.run({
    eachMessage: async ({ message: { headers = {}, value } }) => {
      const texts = Object.fromEntries(
        Object.entries(headers).map(([name, text]) => [name, String(text)]),
      )
      if (texts.dlq_topic === topic) found.push({ ...texts, value: String(value) })
    },
  })
  await expect.poll(() => found.length, { timeout: 10_000 }).toBe(count)
  await consumer.disconnect()
  return found.toSorted((a, b) => Number(a.dlq_offset) - Number(b.dlq_offset))
}

test('a handler that takes longer than the session keeps its partition', async () => {
  const topic = await newTopic()
  const bus = open()
  await bus.publish(topic, event('slow'), 'k')
  const release = Promise.withResolvers<void>()
  setTimeout(release.resolve, 13_000)
  const got: string[] = []
  bus.consume({
    topic,
    group: `${topic}-g`,
    async handle({ id }) {
      got.push(id)
      if (id === 'slow') await release.promise
    },
  })
  await expect.poll(() => got.length, { timeout: 10_000 }).toBe(1)
  await release.promise
  await bus.publish(topic, event('next'), 'k')
  await expect.poll(() => got, { timeout: 10_000 }).toEqual(['slow', 'next'])
})

test('without a broker publishing fails within its deadline, too many at once fail at once', async () => {
  const bus = open(['127.0.0.1:1'])
  const startedAt = performance.now()
  const waiting = Array.from({ length: 1_000 }, (_, n) =>
    bus.publish(topics.events, event(`${n}`), 'k'),
  )
  await expect(bus.publish(topics.events, event('more'), 'k')).rejects.toThrow(
    'too many events wait',
  )
  const ended = await Promise.allSettled(waiting)
  expect(
    ended.every((one) => one.status === 'rejected' && one.reason instanceof NetworkError),
  ).toBe(true)
  expect(performance.now() - startedAt).toBeLessThan(3_000)
  expect(await bus.healthy()).toBe(false)
  await expect(bus.createTopics()).rejects.toThrow(NetworkError)
})

test('a broker that accepts connections and says nothing is no reason to hang', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const bus = open([`127.0.0.1:${(silent.address() as AddressInfo).port}`])
  await expect(bus.publish(topics.events, event('x'), 'k')).rejects.toThrow('within two seconds')
  expect(await bus.healthy()).toBe(false)
  await bus.close()
  silent.close()
})

test('an event beyond 256 KiB is refused and does not count as a failure of the broker', async () => {
  const bus = open()
  const large = { ...event('large'), data: 'x'.repeat(257 * 1024) }
  await expect(bus.publish(topics.events, large, 'k')).rejects.toThrow(EventTooLarge)
  const topic = await newTopic()
  const nearly = { ...event('nearly'), data: 'x'.repeat(250 * 1024) }
  await Promise.all(Array.from({ length: 12 }, () => bus.publish(topic, nearly, 'k')))
  expect(await bus.healthy()).toBe(true)
})

test('kafkajs leaves no warnings of Node on stderr', () => {
  expect(warnings).not.toContain('TimeoutNegativeWarning')
})
