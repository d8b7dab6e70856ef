import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { EventTooLarge, ManifestError, NetworkError } from '../../core/errors.ts'
import { topics } from '../../core/event/topics.ts'
import { eventOf, useKafka } from './kafka-at-hand.ts'

const warnings: string[] = []
process.on('warning', ({ name }) => warnings.push(name))
const { raw, open, newTopic } = useKafka()

test('R-poison: what can never be handled goes to the dead letters with its cause, and the rest goes on', async () => {
  const topic = await newTopic()
  const bus = open()
  const producer = raw.producer()
  await producer.connect()
  const junk = randomUUID()
  await producer.send({ topic, messages: [{ key: 'k', value: `{${junk}` }] })
  await producer.disconnect()
  const bad = randomUUID()
  await bus.publish(topic, eventOf(bad), 'k')
  await bus.publish(topic, eventOf('good'), 'k')
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
    dlq_stack: expect.stringContaining('bus-trouble.test.ts'),
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
  await bus.publish(topic, eventOf('slow'), 'k')
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
  await bus.publish(topic, eventOf('next'), 'k')
  await expect.poll(() => got, { timeout: 10_000 }).toEqual(['slow', 'next'])
})

test('without a broker publishing fails, too many at once fail at once', async () => {
  const bus = open(['127.0.0.1:1'])
  const waiting = Array.from({ length: 1_000 }, (_, n) =>
    bus.publish(topics.events, eventOf(`${n}`), 'k'),
  )
  await expect(bus.publish(topics.events, eventOf('more'), 'k')).rejects.toThrow(
    'too many events wait',
  )
  const ended = await Promise.allSettled(waiting)
  expect(
    ended.every((one) => one.status === 'rejected' && one.reason instanceof NetworkError),
  ).toBe(true)
  expect(await bus.healthy()).toBe(false)
  await expect(bus.createTopics()).rejects.toThrow(NetworkError)
})

test('a broker that accepts connections and says nothing is no reason to hang', async () => {
  const silent = createServer()
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const bus = open([`127.0.0.1:${(silent.address() as AddressInfo).port}`])
  await expect(bus.publish(topics.events, eventOf('x'), 'k')).rejects.toThrow('within two seconds')
  expect(await bus.healthy()).toBe(false)
  await bus.close()
  silent.close()
})

test('an event beyond 256 KiB is refused and does not count as a failure of the broker', async () => {
  const bus = open()
  const large = { ...eventOf('large'), data: 'x'.repeat(257 * 1024) }
  await expect(bus.publish(topics.events, large, 'k')).rejects.toThrow(EventTooLarge)
  const topic = await newTopic()
  const nearly = { ...eventOf('nearly'), data: 'x'.repeat(250 * 1024) }
  await Promise.all(Array.from({ length: 12 }, () => bus.publish(topic, nearly, 'k')))
  expect(await bus.healthy()).toBe(true)
})

test('kafkajs leaves no warnings of Node on stderr', () => {
  expect(warnings).not.toContain('TimeoutNegativeWarning')
})
