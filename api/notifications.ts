import { createRoute, z } from '@hono/zod-openapi'
import { noticeByHand } from '../core/notification/by-hand.ts'
import { statusOf } from '../core/status/status.ts'
import { answer, body, ObjectName, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { findApplication } from './find-application.ts'
import { NotConfiguredError, PreconditionError } from './refusal.ts'
import { createRoutes } from './routes.ts'

const Request = z
  .object({
    application: ObjectName,
    trigger: z.string().regex(/^[\w.-]{1,100}$/, 'such as on-deployed'),
  })
  .meta({ id: 'NotificationRequest' })

const route = createRoute({
  method: 'post',
  path: '/api/v1/notifications',
  tags: ['notifications'],
  summary: 'Tell people of the last operation now',
  request: { body: body(Request) },
  responses: { 200: answer(z.object({}), 'It will be delivered.'), ...refusals },
})

/** Triggering a notification by hand. */
export function notifications(clients: ApiClients) {
  return createRoutes().openapi(route, async (c) => {
    const { application, trigger } = c.req.valid('json')
    const { ref, object } = await findApplication(clients, application)
    if (clients.notify === undefined) {
      throw new NotConfiguredError(
        'notifications are not set up: give the API and the workers SLACK_BOT_TOKEN (token of a Slack app) and SLACK_CHANNEL (id of a channel that the app is in), then start them again',
      )
    }
    const { username: by } = c.get('user')
    const notice = noticeByHand({ ref, status: statusOf(object), trigger, by, now: clients.now() })
    if (notice === undefined) {
      throw new PreconditionError(
        `${application} has no operation that is over; people are told of the next one when it ends`,
      )
    }
    await clients.notify(ref, notice)
    return c.json({}, 200)
  })
}
