import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { send, startApi, type TestApi } from '../harness/api.ts'

let api: TestApi

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-session')
})
afterAll(() => api.stop())

const login = (username: string, password: string) =>
  send<{ token: string }>(api.url, 'POST', '/api/v1/session', { username, password })

describe('the door of the API', () => {
  it('answers 401 on every route without a token, but for the few that are open', async () => {
    type Document = { readonly paths: Readonly<Record<string, object>> }
    const { body: document } = await send<Document>(api.url, 'GET', '/openapi.json')
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(routes.length).toBeGreaterThan(20)
    const answers = await Promise.all(
      routes.map(async (route) => {
        const [method = '', path = ''] = route.replace('{name}', 'shop').split(' ')
        const body = method === 'GET' ? undefined : {}
        return [route, (await send(api.url, method, path, body)).status]
      }),
    )
    expect(answers.filter(([, status]) => status !== 401)).toEqual([
      ['GET /healthz', 200],
      ['POST /api/webhook', 400],
      ['POST /api/v1/session', 400],
      ['GET /api/version', 200],
    ])
  })

  it.each(['/', '/api/v1/secrets', '/api/v1/session', '/api/v1/session/', '//healthz', '/HEALTHZ'])(
    'does not tell whether there is a %s',
    async (path) => {
      expect((await send(api.url, 'GET', path)).status).toBe(401)
    },
  )

  it('lets webhooks, health, version and documents in', async () => {
    for (const path of ['/healthz', '/api/version', '/openapi.json', '/swagger-ui/']) {
      expect((await send(api.url, 'GET', path)).status).toBe(200)
    }
    expect((await send(api.url, 'POST', '/api/webhook', {})).status).toBe(400)
  })
})

describe('logging in (AUTH-01, AUTH-04)', () => {
  it('takes the generated password and tells who is there', async () => {
    const { body } = await api.call('GET', '/api/v1/session/userinfo')
    expect(body).toEqual({ loggedIn: true, username: 'admin', iss: 'argocd' })
  })

  it('reads no more than a name and a password need: nobody has to be known for it', async () => {
    const { status, body } = await send<{ message: string }>(
      ...([api.url, 'POST', '/api/v1/session'] as const),
      { username: 'admin', password: 'x'.repeat(65 * 1024) },
    )
    expect([status, body.message]).toEqual([400, 'the body is larger than 65536 bytes'])
  })

  it('says the same for a wrong password and an unknown user', async () => {
    const [wrong, unknown] = [await login('admin', 'wrong'), await login('nobody', 'wrong')]
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(wrong.body).toEqual({
      error: 'UnauthenticatedError',
      code: 16,
      message: 'Invalid username or password',
    })
    expect(unknown.body).toEqual(wrong.body)
  })

  it('stops listening after five failures of one user (AUTH-05)', async () => {
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await login('guesser', 'wrong')).status).toBe(401)
    }
    const refused = await login('guesser', 'wrong')
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).not.toBeNull()
  })

  it('believes a token no more after logging out', async () => {
    const { token } = (await login('admin', api.password)).body
    const headers = { authorization: `Bearer ${token}` }
    const status = async (method: string, path: string) =>
      (await send(api.url, method, path, undefined, headers)).status
    expect(await status('GET', '/api/v1/session/userinfo')).toBe(200)
    expect(await status('DELETE', '/api/v1/session')).toBe(200)
    expect(await status('GET', '/api/v1/session/userinfo')).toBe(401)
  })

  const claims = { sub: 'admin:login', iss: 'argocd', iat: 1, exp: 9_999_999_999, jti: 'x' }
  const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')
  it.each([
    ['signed by others', `${encoded({ alg: 'HS256' })}.${encoded(claims)}.AAAA`],
    ['not signed at all', `${encoded({ alg: 'none' })}.${encoded(claims)}.`],
    ['no token', 'admin'],
  ])('refuses what is %s', async (_, token) => {
    const headers = { authorization: `Bearer ${token}` }
    expect((await send(api.url, 'GET', '/api/v1/settings', undefined, headers)).status).toBe(401)
  })

  it('keeps only the hash of the password, and a key to sign with', async () => {
    const path = `/api/v1/namespaces/${api.namespace}/secrets/argocd-secret`
    const { data } = await api.kube.request<{ data: Record<string, string> }>('GET', path)
    const values = Object.values(data).map((value) => Buffer.from(value, 'base64').toString())
    expect(values.join(' ')).not.toContain(api.password)
    expect(Object.keys(data)).toEqual(
      expect.arrayContaining(['admin.password', 'server.secretkey']),
    )
  })
})

describe('several API processes', () => {
  it('that start together agree on password and key: a token of one is believed by the other', async () => {
    const start = () => startApi(inject('endpoints'), 'api-session-twins')
    const [one, other] = await Promise.all([start(), start()])
    expect(one.password).toBe(other.password)
    const headers = { authorization: `Bearer ${one.token}` }
    const { status } = await send(other.url, 'GET', '/api/v1/session/userinfo', undefined, headers)
    expect(status).toBe(200)
    await Promise.all([one.stop(), other.stop()])
  })
})

describe('a session in a cookie', () => {
  const write = async (headers: Readonly<Record<string, string>>) => {
    const body = { application: 'none', trigger: 'on-deployed' }
    const cookie = `argocd.token=${api.token}`
    const path = '/api/v1/notifications'
    return (await send(api.url, 'POST', path, body, { cookie, ...headers })).status
  }

  it('is HttpOnly and SameSite', async () => {
    const { headers } = await login('admin', api.password)
    const cookie = headers.get('set-cookie')
    expect(cookie).toMatch(/^argocd\.token=[^;]+;/)
    expect(cookie).toContain('HttpOnly')
    expect(cookie).toContain('SameSite=Lax')
  })

  it('reads', async () => {
    const cookie = `argocd.token=${api.token}`
    expect((await send(api.url, 'GET', '/api/v1/settings', undefined, { cookie })).status).toBe(200)
  })

  it('writes JSON from our own origin only (API-23)', async () => {
    // past the door: there is no such application
    expect(await write({ origin: api.url })).toBe(404)
    expect(await write({ origin: 'https://evil.example' })).toBe(403)
    expect(await write({})).toBe(403)
    expect(await write({ origin: api.url, 'content-type': 'text/plain' })).toBe(403)
  })
})
