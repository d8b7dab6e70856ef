import { createRoute, z } from '@hono/zod-openapi'
import { answer } from './answers.ts'
import type { ApiClients } from './clients.ts'
import { createRoutes } from './routes.ts'

const State = z.enum(['up', 'down'])
const Health = z
  .object({ status: z.enum(['ok', 'degraded']), dependencies: z.record(z.string(), State) })
  .meta({ id: 'Health' })

const route = createRoute({
  method: 'get',
  path: '/healthz',
  tags: ['health'],
  summary: 'The state of each thing that we depend on',
  security: [],
  responses: {
    200: answer(Health, 'All that answers requests is up.'),
    503: answer(Health, 'Something is away.'),
  },
})

/** `/healthz`: 503 when one that answers requests is away. */
export function healthz({
  applications,
  bus,
  temporal,
}: Pick<ApiClients, 'applications' | 'bus' | 'temporal'>) {
  return createRoutes().openapi(route, async (c) => {
    const [kafka, temporalUp] = await Promise.all([bus.healthy(), temporal.healthy()])
    const dependencies: Record<string, z.infer<typeof State>> = {
      kafka: state(kafka),
      temporal: state(temporalUp),
      kubernetes: state(applications.connected()),
    }
    const isUp = Object.values(dependencies).every((value) => value === 'up')
    return isUp
      ? c.json({ status: 'ok' as const, dependencies }, 200)
      : c.json({ status: 'degraded' as const, dependencies }, 503)
  })
}

function state(isUp: boolean): z.infer<typeof State> {
  return isUp ? 'up' : 'down'
}
