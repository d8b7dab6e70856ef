import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { answer, body, refusals } from './answers.ts'
import { tokenCookie } from './guard.ts'
import { createRoutes } from './routes.ts'
import { type Sessions, sessionSeconds } from './sessions.ts'

const tags = ['session']
const Login = z.object({ username: z.string().max(100), password: z.string().max(128) })

const loginRoute = createRoute({
  method: 'post',
  path: '/api/v1/session',
  ...{ tags, summary: 'Log in; the token is also set as a cookie', security: [] },
  request: { body: body(Login) },
  responses: { 200: answer(z.object({ token: z.string() }), 'The token.'), ...refusals },
})
const logoutRoute = createRoute({
  method: 'delete',
  path: '/api/v1/session',
  ...{ tags, summary: 'Log out: the token is believed no more' },
  responses: { 200: answer(z.object({}), 'Logged out.'), ...refusals },
})
const userRoute = createRoute({
  method: 'get',
  path: '/api/v1/session/userinfo',
  ...{ tags, summary: 'Who the token speaks for' },
  responses: {
    200: answer(
      z.object({ loggedIn: z.boolean(), username: z.string(), iss: z.string() }),
      'The user.',
    ),
    ...refusals,
  },
})

/** Logging in and out (AUTH-04). */
export function session(sessions: Sessions) {
  return createRoutes()
    .openapi(loginRoute, async (c) => {
      const { username, password } = c.req.valid('json')
      const token = await sessions.login(username, password)
      setCookie(c, tokenCookie, token, { ...cookie(c), maxAge: sessionSeconds })
      return c.json({ token }, 200)
    })
    .openapi(logoutRoute, async (c) => {
      await sessions.logout(c.get('user'))
      deleteCookie(c, tokenCookie, cookie(c))
      return c.json({}, 200)
    })
    .openapi(userRoute, (c) =>
      c.json({ loggedIn: true, username: c.get('user').username, iss: 'argocd' }, 200),
    )
}

/** Over TLS the cookie never leaves it; scripts of a page cannot read it, other pages not send it. */
function cookie(c: Context) {
  const isSecure = c.req.url.startsWith('https:') || c.req.header('x-forwarded-proto') === 'https'
  return { path: '/', httpOnly: true, sameSite: 'Lax', secure: isSecure } as const
}
