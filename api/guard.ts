import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { PermissionError } from '../core/errors.ts'
import { UnauthenticatedError } from './refusal.ts'
import type { Caller } from './routes.ts'
import type { Sessions } from './sessions.ts'

export const tokenCookie = 'argocd.token'

type Open = { readonly method?: string; readonly path: RegExp }

// all that answers without a token; every other path, also one that is not there, asks for it
const open: readonly Open[] = [
  { path: /^\/api\/webhook$/ },
  { path: /^\/healthz$/, method: 'GET' },
  { path: /^\/api\/version$/, method: 'GET' },
  { path: /^\/api\/v1\/session$/, method: 'POST' },
  { path: /^\/openapi\.json$/, method: 'GET' },
  { path: /^\/swagger-ui(\/[\w.-]*)?$/, method: 'GET' },
]
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export type GuardOptions = { readonly sessions: Sessions; readonly publicMetrics: boolean }

/**
 * The one door: deny first. A token comes as `Authorization: Bearer`, or in the cookie; a write that
 * rests on the cookie must be JSON from our own origin, since browsers send cookies for anybody.
 */
export function guard({ sessions, publicMetrics }: GuardOptions): MiddlewareHandler<Caller> {
  const routes = publicMetrics ? [...open, { path: /^\/metrics$/, method: 'GET' }] : open
  return async (c, next) => {
    if (isOpen(routes, c)) {
      if (c.req.path === '/api/v1/session' && c.req.header('origin')) ownOrigin(c)
      return await next()
    }
    const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    const token = bearer ?? getCookie(c, tokenCookie)
    if (!token) {
      throw new UnauthenticatedError('no session: log in, or send Authorization: Bearer <token>')
    }
    const user = await sessions.verify(token)
    if (bearer === undefined && !safeMethods.has(c.req.method)) {
      ownOrigin(c)
      jsonOnly(c)
    }
    c.set('user', user)
    await next()
  }
}

function isOpen(routes: readonly Open[], { req }: Context): boolean {
  const method = req.method === 'HEAD' ? 'GET' : req.method
  return routes.some(
    (route) => route.path.test(req.path) && (route.method === undefined || route.method === method),
  )
}

/** Browsers name the page's origin on every write. */
function ownOrigin(c: Context): void {
  const origin = c.req.header('origin')
  const host = c.req.header('x-forwarded-host') ?? c.req.header('host')
  if (origin !== undefined && URL.canParse(origin) && new URL(origin).host === host) return
  throw new PermissionError(
    `writes with a session cookie are taken from our own pages only, not from ${origin ?? 'an unknown origin'}; send Authorization: Bearer <token> instead`,
  )
}

/** API-23. */
function jsonOnly(c: Context): void {
  if (/^application\/json\s*(;|$)/i.test(c.req.header('content-type') ?? '')) return
  throw new PermissionError('writes with a session cookie need Content-Type: application/json')
}
