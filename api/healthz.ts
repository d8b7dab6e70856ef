import { Hono } from 'hono'
import type { ApiClients } from './clients.ts'

type State = 'up' | 'down'

/** `/healthz`: the state of each thing that we depend on; 503 when one that answers requests is away. */
export function healthz({
  applications,
  bus,
  temporal,
}: Pick<ApiClients, 'applications' | 'bus' | 'temporal'>) {
  return new Hono().get('/healthz', async (c) => {
    const [kafka, temporalUp] = await Promise.all([bus.healthy(), temporal.healthy()])
    const dependencies: Record<string, State> = {
      kafka: state(kafka),
      temporal: state(temporalUp),
      kubernetes: state(applications.connected()),
    }
    const isUp = Object.values(dependencies).every((value) => value === 'up')
    return c.json({ status: isUp ? 'ok' : 'degraded', dependencies }, isUp ? 200 : 503)
  })
}

function state(isUp: boolean): State {
  return isUp ? 'up' : 'down'
}
