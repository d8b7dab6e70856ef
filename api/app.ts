import { Hono } from 'hono'
import type { ApiClients } from './clients.ts'
import { healthz } from './healthz.ts'
import { problemOf } from './problem.ts'
import { webhook } from './webhook.ts'

/** The HTTP API; every resource is a file of this room. */
export function createApp(clients: ApiClients) {
  return new Hono()
    .route('/', healthz(clients))
    .route('/', webhook(clients))
    .notFound((c) => c.json({ error: 'not found', message: `there is no ${c.req.path}` }, 404))
    .onError((error, c) => {
      const problem = problemOf(error)
      if (problem.status >= 500)
        clients.log.error({ error: error.message, path: c.req.path }, 'request failed')
      if (problem.retryAfter !== undefined) c.header('retry-after', problem.retryAfter)
      return c.json({ error: problem.error, message: problem.message }, problem.status)
    })
}
