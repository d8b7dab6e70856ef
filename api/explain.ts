import { createRoute, z } from '@hono/zod-openapi'
import { InvalidSpecError, NetworkError, NotFoundError } from '../core/errors.ts'
import { topics } from '../core/event/topics.ts'
import { meaningFor } from '../core/event/why.ts'
import { nameOf } from '../core/flow/names.ts'
import { durationMs, rfc3339 } from '../core/time.ts'
import { ApplicationName, answer, Narrowing, ObjectName, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { ApplicationExplanation, EventExplanation, EventList, shownStep } from './explanation.ts'
import { findApplication } from './find-application.ts'
import { createRoutes } from './routes.ts'

const Since = z.string().max(20).default('24h').meta({ description: 'A duration: 90s, 1h, 2h30m.' })
const EventId = z.object({ id: z.string().min(1).max(300) })

const list = createRoute({
  method: 'get',
  path: '/api/v1/events',
  tags: ['events'],
  summary: 'Events that came from outside, the newest first',
  request: {
    query: z.object({ since: Since, limit: z.coerce.number().int().min(1).max(500).default(50) }),
  },
  responses: {
    200: answer(EventList, 'Events.'),
    ...refusals,
  },
})
const one = createRoute({
  method: 'get',
  path: '/api/v1/events/{id}/explain',
  tags: ['events'],
  summary: 'What became of an event, and what it meant for one application',
  request: { params: EventId, query: Narrowing.extend({ application: ObjectName.optional() }) },
  responses: { 200: answer(EventExplanation, 'The steps in their order.'), ...refusals },
})
const replay = createRoute({
  method: 'post',
  path: '/api/v1/events/{id}/replay',
  tags: ['events'],
  summary: 'Give an event again, as if it came from outside once more',
  request: { params: EventId },
  responses: {
    200: answer(z.object({ id: z.string(), replay: z.int() }), 'Kafka has it.'),
    ...refusals,
  },
})
const ofApplication = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}/explain',
  tags: ['applications'],
  summary: 'What happened to an application, and why',
  request: { params: ApplicationName, query: Narrowing.extend({ since: Since }) },
  responses: { 200: answer(ApplicationExplanation, 'The steps in their order.'), ...refusals },
})

/** `/api/v1/events` and both ways to ask why; read from Kafka, so it outlives every process. */
export function explain(clients: ApiClients) {
  const { explanations: index, now } = clients
  return createRoutes()
    .openapi(list, (c) => {
      const { since, limit } = c.req.valid('query')
      const found = index.received({ since: now() - sinceMs(since), limit })
      const items = found.map(({ received, last }) => ({
        ...{ id: received.id, at: rfc3339(received.at), summary: received.summary },
        ...{ type: received.event?.type ?? '', source: received.event?.source ?? '' },
        ...(received.event?.subject !== undefined && { subject: received.event.subject }),
        last: shownStep(last),
      }))
      return c.json({ items, complete: index.isComplete() }, 200)
    })
    .openapi(one, async (c) => {
      const { application, ...narrowing } = c.req.valid('query')
      const { id } = c.req.valid('param')
      const steps = index.ofEvent(id)
      if (steps.length === 0) throw unknown(id, index.isComplete())
      const event = steps.find(({ step }) => step === 'received')?.event
      const asked =
        application === undefined
          ? undefined
          : await findApplication(clients, application, narrowing)
      const meaning = asked && meaningFor(nameOf(asked.ref), asked.application, steps)
      return c.json(
        {
          ...(event !== undefined && { event }),
          ...{ steps: steps.map(shownStep), complete: index.isComplete() },
          ...(meaning !== undefined && { meaning }),
        },
        200,
      )
    })
    .openapi(replay, async (c) => {
      const { id } = c.req.valid('param')
      const event = index.ofEvent(id).find(({ step }) => step === 'received')?.event
      if (event === undefined) throw unknown(id, index.isComplete())
      const again = { ...event, replay: (event.replay ?? 0) + 1 }
      await clients.bus.publish(topics.events, again, event.partitionkey ?? event.source)
      return c.json({ id, replay: again.replay }, 200)
    })
    .openapi(ofApplication, async (c) => {
      const { since: asked, ...narrowing } = c.req.valid('query')
      const { ref } = await findApplication(clients, c.req.valid('param').name, narrowing)
      const application = nameOf(ref)
      const since = now() - sinceMs(asked)
      const steps = index.ofApplication(application, since).map(shownStep)
      const complete = index.isComplete()
      return c.json({ application, since: rfc3339(since), steps, complete }, 200)
    })
}

function unknown(id: string, isComplete: boolean): Error {
  return isComplete
    ? new NotFoundError(`no event ${id} is known; events are kept for 30 days`)
    : new NetworkError(`the event ${id} is not read from Kafka yet; ask again`)
}

function sinceMs(text: string): number {
  const ms = durationMs(text)
  if (ms !== undefined) return ms
  throw new InvalidSpecError(`since: ${text} is no duration; write 90s, 1h or 2h30m`)
}
