import { createRoute, z } from '@hono/zod-openapi'
import { answer, body, ObjectName, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { findApplication } from './find-application.ts'
import { NotConfiguredError } from './refusal.ts'
import { createRoutes } from './routes.ts'

const Request = z
  .object({
    application: ObjectName,
    trigger: z.string().min(1).max(100),
    recipients: z.array(z.string().max(200)).max(50).default([]),
  })
  .meta({ id: 'NotificationRequest' })

const route = createRoute({
  method: 'post',
  path: '/api/v1/notifications',
  tags: ['notifications'],
  summary: 'Send a notification now; without recipients to those who subscribed',
  request: { body: body(Request) },
  responses: { 200: answer(z.object({}), 'It will be delivered.'), ...refusals },
})

/** Triggering a notification by hand. */
export function notifications(clients: ApiClients) {
  return createRoutes().openapi(route, async (c) => {
    const { application, trigger, recipients } = c.req.valid('json')
    const found = await findApplication(clients, application)
    if (clients.notify === undefined) {
      throw new NotConfiguredError(
        'notifications are not set up: give the API and the workers SLACK_BOT_TOKEN (token of a Slack app) and SLACK_CHANNEL (id of a channel that the app is in), then start them again',
      )
    }
    await clients.notify({ application: found, trigger, recipients })
    return c.json({}, 200)
  })
}
