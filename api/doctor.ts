import { createRoute, z } from '@hono/zod-openapi'
import { nameOf } from '../core/flow/names.ts'
import { ApplicationName, answer, Narrowing, refusals } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { examine } from './examination.ts'
import { findApplication } from './find-application.ts'
import { createRoutes } from './routes.ts'

const Findings = z
  .object({
    application: z.string(),
    checks: z.array(
      z.object({
        check: z.string(),
        status: z.enum(['OK', 'WARN', 'FAIL']),
        reason: z.string(),
        remedy: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'ApplicationDoctor' })

const route = createRoute({
  method: 'get',
  path: '/api/v1/applications/{name}/doctor',
  tags: ['applications'],
  summary: 'What would keep a sync of the application from working; changes nothing',
  request: { params: ApplicationName, query: Narrowing },
  responses: { 200: answer(Findings, 'One line per check.'), ...refusals },
})

/** `/api/v1/applications/{name}/doctor`: an operator's list of checks, each with a time of its own. */
export function doctor(clients: ApiClients) {
  return createRoutes().openapi(route, async (c) => {
    const { name } = c.req.valid('param')
    const stored = await findApplication(clients, name, c.req.valid('query'))
    return c.json(
      { application: nameOf(stored.ref), checks: [...(await examine(clients, stored))] },
      200,
    )
  })
}
