import { createRoute, z } from '@hono/zod-openapi'
import {
  ApplicationAnswer,
  ApplicationList,
  ApplicationName,
  answer,
  Narrowing,
  refusals,
} from './answers.ts'
import { FilterQuery, matcherOf } from './application-filter.ts'
import type { ApiClients } from './clients.ts'
import type { Feed } from './feed.ts'
import { findApplication, shown } from './find-application.ts'
import { refresh } from './refresh.ts'
import { createRoutes } from './routes.ts'

const listRoute = createRoute({
  method: 'get',
  path: '/api/v1/applications',
  tags: ['applications'],
  summary: 'List applications',
  request: { query: FilterQuery },
  responses: { 200: answer(ApplicationList, 'Those that match, by name.'), ...refusals },
})

const getRoute = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}',
  tags: ['applications'],
  summary: 'One application; with refresh it is compared anew first',
  request: {
    params: ApplicationName,
    query: Narrowing.extend({ refresh: z.enum(['normal', 'hard']).optional() }),
  },
  responses: { 200: answer(ApplicationAnswer, 'The Application.'), ...refusals },
})

/** Reading applications (API-01, API-05). */
export function applicationReads(clients: ApiClients, feed: Feed) {
  return createRoutes()
    .openapi(listRoute, (c) => {
      const matches = matcherOf(c.req.valid('query'))
      const items = clients.applications
        .all()
        .filter(matches)
        .map(({ object }) => shown(object))
      items.sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
      return c.json(
        {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'ApplicationList',
          metadata: { resourceVersion: feed.position() },
          items,
        },
        200,
      )
    })
    .openapi(getRoute, async (c) => {
      const { refresh: type, ...narrowing } = c.req.valid('query')
      const found = await findApplication(clients, c.req.valid('param').name, narrowing)
      const current = type === undefined ? found : await refresh(clients, feed, found, type)
      return c.json(shown(current.object), 200)
    })
}
