import { createRoute, z } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { WebhookTooLarge } from '../core/errors.ts'
import { topics } from '../core/event/topics.ts'
import { maxWebhookBytes, parseWebhook } from '../event-sources/webhooks/webhook.ts'
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
    503: { description: 'Kafka is away; send it again.' },
  },
})

/**
 * `POST /api/webhook`: answers 2xx only after Kafka has the event on disk, 503 when it does not
 * take it; nothing is kept in memory, the sender sends again.
 */
export function webhook({ bus, webhookSecrets, log }: ApiClients) {
  const limit = bodyLimit({
    maxSize: maxWebhookBytes,
    onError: () => {
      throw new WebhookTooLarge(`the body is larger than ${maxWebhookBytes} bytes`)
    },
  })
  const routes = createRoutes()
  // read as bytes, since the signature is about these: only the documentation knows the schema
  routes.openAPIRegistry.registerPath(route)
  return routes
    .post('/api/webhook', limit, async (c) => {
      const body = await c.req.text()
      const read = await parseWebhook((name) => c.req.header(name), body, webhookSecrets)
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
