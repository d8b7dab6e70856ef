import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { InvalidSpecError } from '../core/errors.ts'
import { applicationDelete } from './application-delete.ts'
import { applicationEvents } from './application-events.ts'
import { applicationOperations } from './application-operations.ts'
import { applicationReads } from './application-reads.ts'
import { applicationResources } from './application-resources.ts'
import { applicationWrites } from './application-writes.ts'
import { audit } from './audit.ts'
import type { ApiClients } from './clients.ts'
import { clusterWrites } from './cluster-writes.ts'
import { clusters } from './clusters.ts'
import { doctor } from './doctor.ts'
import { documentation } from './documentation.ts'
import { explain } from './explain.ts'
import { createFeed } from './feed.ts'
import { guard } from './guard.ts'
import { healthz } from './healthz.ts'
import { metrics } from './metrics.ts'
import { notifications } from './notifications.ts'
import { problemOf } from './problem.ts'
import { createRoutes } from './routes.ts'
import { session } from './session.ts'
import { createSessions } from './sessions.ts'
import { settings } from './settings.ts'
import { applicationStream } from './stream.ts'
import { webhook } from './webhook.ts'

const maxBodyBytes = 4 * 1024 ** 2
// nobody has to be known for it
const maxLoginBytes = 64 * 1024

/** The HTTP API; every resource is a file of this room, and the guard stands before all of them. */
export function createApp(clients: ApiClients) {
  const sessions = createSessions(clients.accounts, clients.now)
  const feed = createFeed(clients.applications)
  const app = createRoutes()
  app.use(secureHeaders())
  app.use(guard({ sessions, publicMetrics: clients.publicMetrics }))
  app.use('/api/v1/*', audit(clients))
  app.use('/api/v1/session', limitOf(maxLoginBytes))
  app.use('/api/v1/*', limitOf(maxBodyBytes))
  app
    .route('/', healthz(clients))
    .route('/', webhook(clients))
    .route('/', session(sessions))
    .route('/', settings(clients))
    .route('/', applicationReads(clients, feed))
    .route('/', applicationWrites(clients))
    .route('/', applicationDelete(clients))
    .route('/', applicationOperations(clients))
    .route('/', applicationResources(clients))
    .route('/', doctor(clients))
    .route('/', applicationEvents(clients))
    .route('/', applicationStream(clients, feed))
    .route('/', clusters(clients))
    .route('/', clusterWrites(clients))
    .route('/', explain(clients))
    .route('/', notifications(clients))
    .route('/', metrics(clients, feed))
    .route('/', documentation(clients, app))
  app.notFound((c) =>
    c.json(
      {
        ...{ error: 'NotFoundError', code: 5 },
        message: `there is no ${c.req.method} ${c.req.path}; /openapi.json lists what there is`,
      },
      404,
    ),
  )
  app.onError((error, c) => {
    const problem = problemOf(error)
    if (problem.status >= 500)
      clients.log.error({ error: error.message, path: c.req.path }, 'request failed')
    if (problem.retryAfter !== undefined) c.header('retry-after', problem.retryAfter)
    if (problem.status === 401) c.header('www-authenticate', 'Bearer')
    const { error: name, code, message } = problem
    return c.json({ error: name, code, message }, problem.status)
  })
  return app
}

function limitOf(maxSize: number) {
  return bodyLimit({
    maxSize,
    onError: () => {
      throw new InvalidSpecError(`the body is larger than ${maxSize} bytes`)
    },
  })
}
