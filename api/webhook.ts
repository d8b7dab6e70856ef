import { createRoute, z } from '@hono/zod-openapi'
import { topics } from '../core/event/topics.ts'
import { parseWebhook } from '../event-sources/webhooks/webhook.ts'
import { createBodies } from '../event-sources/webhooks/webhook-body.ts'
import { answer } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { createRoutes } from './routes.ts'

const Stored = z.object({ status: z.string(), events: z.array(z.string()).optional() })
const route = createRoute({
  method: 'post',
  path: '/api/webhook',
  tags: ['webhook'],
  summary: 'Takes webhooks of Git hosts and registries; the signature is the token',
  security: [],
  request: { body: { content: { 'application/json': { schema: z.looseObject({}) } } } },
  responses: {
    200: answer(Stored, 'The events are on disk, or the delivery means nothing to us.'),
    400: { description: 'Not a webhook.' },
    401: { description: 'The signature is missing or wrong.' },
    408: { description: 'It was not sent within 20 seconds.' },
    413: { description: 'It is larger than 50 MiB.' },
    503: { description: 'Kafka is away, or there is no room for its body; send it again.' },
  },
})

/**
 * `POST /api/webhook`: answers 2xx only after Kafka has the event on disk, 503 when it does not
 * take it; nothing is kept in memory, the sender sends again.
 */
export function webhook({ bus, webhookSecrets, log }: ApiClients) {
  const bodies = createBodies()
  const routes = createRoutes()
  // read as bytes, since the signature is about these: only the documentation knows the schema
  routes.openAPIRegistry.registerPath(route)
  return routes
    .post('/api/webhook', async (c) => {
      const incoming = { body: c.req.raw.body, declared: c.req.header('content-length') }
      const read = await bodies.read(incoming, (body) =>
        parseWebhook((name) => c.req.header(name), body, webhookSecrets),
      )
      if ('ignored' in read) return c.json({ status: 'ignored', reason: read.ignored })
      for (const event of read.events) {
        await bus.publish(topics.events, event, event.partitionkey ?? event.source)
        log.info({ event: event.id, source: event.source, subject: event.subject }, 'event stored')
      }
      return c.json({ status: 'stored', events: read.events.map(({ id }) => id) })
    })
    .all('/api/webhook', (c) => {
      c.header('allow', 'POST')
      return c.json({ error: 'MethodNotAllowed', message: 'send webhooks by POST' }, 405)
    })
}
