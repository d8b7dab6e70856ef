import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { WebhookTooLarge } from '../core/errors.ts'
import { topics } from '../core/event/topics.ts'
import { maxWebhookBytes, parseWebhook } from '../event-sources/webhooks/webhook.ts'
import type { ApiClients } from './clients.ts'

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
  return new Hono()
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
