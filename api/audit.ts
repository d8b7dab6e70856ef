import type { MiddlewareHandler } from 'hono'
import type { ApiClients } from './clients.ts'
import type { Caller } from './routes.ts'

const reads = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Logs who changed what, and keeps answers for one user out of every cache on the way. */
export function audit({ log }: Pick<ApiClients, 'log'>): MiddlewareHandler<Caller> {
  return async (c, next) => {
    await next()
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store')
    if (reads.has(c.req.method)) return
    const { method, path } = c.req
    const user = c.get('user')?.username
    log.info({ user, method, path, status: c.res.status }, 'request')
  }
}
