import { createRoute, z } from '@hono/zod-openapi'
import { NotFoundError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { statusOf } from '../core/status/status.ts'
import { ApplicationName, answer, documented, Narrowing, ObjectName, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { findApplication } from './find-application.ts'
import { createRoutes } from './routes.ts'

const EventList = documented<{
  readonly metadata: Readonly<Record<string, string>>
  readonly items: readonly Manifest[]
}>(
  z
    .object({ metadata: z.looseObject({}), items: z.array(z.looseObject({})) })
    .meta({ id: 'EventList' }),
)

const route = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}/events',
  tags: ['applications'],
  summary: 'Kubernetes Events of the application, or of one of its objects',
  request: {
    params: ApplicationName,
    query: Narrowing.extend({
      resourceName: ObjectName.optional(),
      resourceNamespace: ObjectName.optional(),
      resourceUID: z.string().max(64).optional(),
    }),
  },
  responses: { 200: answer(EventList, 'Oldest first.'), ...refusals },
})

/** `/api/v1/applications/:name/events` (API-15). */
export function applicationEvents(clients: ApiClients) {
  return createRoutes().openapi(route, async (c) => {
    const { resourceName, resourceNamespace, resourceUID, ...narrowing } = c.req.valid('query')
    const { ref, object } = await findApplication(clients, c.req.valid('param').name, narrowing)
    if (resourceName === undefined) {
      return c.json({ metadata: {}, items: await clients.objects.events(ref) }, 200)
    }
    const namespace = resourceNamespace ?? ''
    // children live where the managed objects live; elsewhere are the affairs of others
    const isOurs = (statusOf(object).resources ?? []).some(
      (resource) => (resource.namespace ?? '') === namespace,
    )
    if (!isOurs) {
      throw new NotFoundError(
        `application ${ref.name} has no objects in the namespace ${namespace}`,
      )
    }
    const subject = {
      ...{ name: resourceName, namespace: namespace || 'default' },
      ...(resourceUID !== undefined && { uid: resourceUID }),
    }
    return c.json({ metadata: {}, items: await clients.objects.events(subject) }, 200)
  })
}
