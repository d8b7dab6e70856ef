import { createRoute, z } from '@hono/zod-openapi'
import { type SSEStreamingApi, streamSSE } from 'hono/streaming'
import { refusals } from './answers.ts'
import { type Filter, FilterQuery, matcherOf } from './application-filter.ts'
import type { ApiClients } from './clients.ts'
import type { Feed } from './feed.ts'
import { TooManyAttemptsError } from './refusal.ts'
import { createRoutes } from './routes.ts'
import { createSubscriber, type Subscriber } from './subscriber.ts'

const heartbeatMs = 15_000
// a reader that does not take one event in this time is not reading any more
const patienceMs = 30_000
const maxReaders = 500

const route = createRoute({
  method: 'get',
  path: '/api/v1/stream/applications',
  tags: ['applications'],
  summary: 'Changes of applications as server-sent events',
  description:
    'The event id is a resourceVersion. With Last-Event-ID (or resourceVersion) the stream goes on from there; when that is not known any more, or without it, an event `reset` and the full list come first.',
  request: { query: FilterQuery.extend({ resourceVersion: z.string().max(20).optional() }) },
  responses: {
    200: {
      description: '`{"result":{"type":"ADDED|MODIFIED|DELETED","application":{…}}}`',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...refusals,
  },
})

/** `/api/v1/stream/applications` (API-18). */
export function applicationStream(clients: ApiClients, feed: Feed) {
  const readers = { count: 0 }
  return createRoutes().openapi(route, (c) => {
    const { resourceVersion, ...filter } = c.req.valid('query')
    const position = c.req.header('last-event-id') ?? resourceVersion
    // before the first list there is nothing to stand on
    const start = feed.position()
    const { subscriber, isFresh } = subscribe(clients, feed, filter, position)
    if (readers.count >= maxReaders) {
      throw new TooManyAttemptsError(`${maxReaders} streams are open; close some and try again`)
    }
    readers.count++
    const leave = feed.listen(subscriber.push)
    const end = (): void => {
      leave()
      subscriber.close()
    }
    clients.stopping.addEventListener('abort', end, { once: true })
    return streamSSE(c, async (stream) => {
      stream.onAbort(end)
      try {
        if (isFresh) await stream.writeSSE({ event: 'reset', data: '{}', id: start })
        await tell(stream, subscriber, clients.stopping)
      } finally {
        readers.count--
        end()
        clients.stopping.removeEventListener('abort', end)
      }
    })
  })
}

function subscribe(
  { applications }: ApiClients,
  feed: Feed,
  filter: Filter,
  position: string | undefined,
): { readonly subscriber: Subscriber; readonly isFresh: boolean } {
  const matches = matcherOf(filter)
  const missed = position === undefined ? undefined : feed.since(position)
  const all = applications.all()
  const known = missed === undefined ? [] : [...all, ...missed].map(({ ref }) => ref)
  const subscriber = createSubscriber(matches, known)
  const first = missed?.map((entry) => ({
    ...entry,
    application: applications.get(entry.ref.namespace, entry.ref.name),
  }))
  const list = all.map((application) => ({
    ...{ ref: application.ref, application },
    position: application.object.metadata.resourceVersion ?? '',
  }))
  list.sort((a, b) => Number(a.position) - Number(b.position))
  for (const change of first ?? list) subscriber.push(change)
  return { subscriber, isFresh: missed === undefined }
}

async function tell(
  stream: SSEStreamingApi,
  subscriber: Subscriber,
  stopping: AbortSignal,
): Promise<void> {
  while (!stream.aborted && !stopping.aborted) {
    const event = await subscriber.next(heartbeatMs)
    if (stream.aborted || stopping.aborted) return
    if (event === undefined) {
      await inTime(stream, stream.write(': heartbeat\n\n'))
    } else {
      const { type, application, position } = event
      const data = JSON.stringify({ result: { type, application } })
      await inTime(stream, stream.writeSSE({ data, id: position }))
    }
  }
}

async function inTime(stream: SSEStreamingApi, written: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => stream.abort(), patienceMs)
  await written
  clearTimeout(timer)
}
