import { createRoute, z } from '@hono/zod-openapi'
import { InvalidSpecError, NotFoundError } from '../core/errors.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import {
  isHookFinalizer,
  isResourcesFinalizer,
  resourcesFinalizer,
} from '../core/policy/finalizers.ts'
import { ApplicationName, answer, Narrowing, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { declare, declaredOf } from './declare.ts'
import { findApplication } from './find-application.ts'
import { createRoutes } from './routes.ts'

const route = createRoute({
  method: 'delete',
  path: '/api/v1/applications/{name}',
  tags: ['applications'],
  summary: 'Delete an application, by default with its resources',
  request: {
    params: ApplicationName,
    query: Narrowing.extend({
      cascade: z.enum(['true', 'false']).optional(),
      propagationPolicy: z.enum(['foreground', 'background', '']).optional(),
    }),
  },
  responses: {
    200: answer(z.object({}), 'The deletion has begun; with cascade it takes until all is gone.'),
    ...refusals,
  },
})

/** Deleting applications (API-04, HIST-05 to HIST-07): the finalizer says whether the resources go too. */
export function applicationDelete(clients: ApiClients) {
  return createRoutes().openapi(route, async (c) => {
    const { cascade, propagationPolicy, ...narrowing } = c.req.valid('query')
    const found = await findApplication(clients, c.req.valid('param').name, narrowing)
    if (cascade === 'false' && propagationPolicy) {
      throw new InvalidSpecError(
        'propagationPolicy: means nothing without cascade; leave one of them out',
      )
    }
    const finalizer = cascade === 'false' ? undefined : finalizerOf(propagationPolicy)
    const { ref } = await declare(clients, found, (current) => withFinalizer(current, finalizer))
    await clients.objects.remove(ref).catch((error: unknown) => {
      // without its last finalizer an Application that was being deleted is gone already
      if (!(error instanceof NotFoundError)) throw error
    })
    return c.json({}, 200)
  })
}

function finalizerOf(policy: string | undefined): string {
  return policy ? `${resourcesFinalizer}/${policy}` : resourcesFinalizer
}

/** With this finalizer in the place of all others that speak of the resources. */
function withFinalizer(current: Manifest, finalizer: string | undefined) {
  const { spec, metadata } = declaredOf(current)
  const before = metadata.finalizers ?? []
  // the API server takes no new finalizer for an object that is on its way out
  const isLeaving = current.metadata.deletionTimestamp !== undefined
  if (finalizer !== undefined && (isLeaving || before.includes(finalizer))) {
    return { spec, metadata }
  }
  const others = before.filter((name) => !isResourcesFinalizer(name))
  // without the resources nothing is done at all: no hooks either
  const finalizers =
    finalizer === undefined
      ? others.filter((name) => !isHookFinalizer(name))
      : [...others, finalizer]
  return { spec, metadata: { ...metadata, finalizers } }
}
