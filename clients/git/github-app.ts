import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { sha256Hex } from '../../core/digest.ts'
import { GitAccessError, GitAuthError } from '../../core/errors.ts'
import type { GithubApp, RepositoryCredentials } from '../../core/repository/credentials.ts'
import { ask, parsedJson } from '../outbound/ask.ts'
import type { Outbound } from '../outbound.ts'
import type { GitRemote } from './remote.ts'

/** Signs in as GitHub Apps: gives a remote whose credentials are a token of now (REPO-06). */
export type GithubApps = {
  /** The same remote when no GitHub App is known for it. */
  signedIn(remote: GitRemote): Promise<GitRemote>
}

type Token = { readonly text: string; readonly endsAt: number }
type Asked = {
  readonly outbound: Outbound
  readonly app: GithubApp
  readonly credentials: RepositoryCredentials
  readonly remote: GitRemote
}

const Installation = z.object({ id: z.int() })
const AccessToken = z.object({ token: z.string().min(1), expires_at: z.iso.datetime() })
// a fetch that begins with a token has to end with it
const reserveMs = 5 * 60_000
const lifeSeconds = 9 * 60
// clocks differ
const slackSeconds = 60
const maxAnswerBytes = 1024 * 1024

export function createGithubApps(now: () => number, outbound: Outbound): GithubApps {
  const tokens = new LRUCache<string, Promise<Token>>({ max: 1_000 })
  const tokenOf = async (asked: Asked): Promise<Token> => {
    const name = nameOf(asked)
    const known = await tokens.get(name)?.catch(() => undefined)
    if (known !== undefined && known.endsAt - reserveMs > now()) return known
    const fresh = newToken(asked, now)
    tokens.set(name, fresh)
    return await fresh
  }
  return {
    async signedIn(remote) {
      const { credentials } = remote.access ?? {}
      const { githubApp: app } = credentials ?? {}
      if (credentials === undefined || app === undefined) return remote
      const { text: password } = await tokenOf({ outbound, app, credentials, remote })
      const own = { ...credentials, username: 'x-access-token', password }
      return { ...remote, access: { ...remote.access, credentials: own } }
    },
  }
}

/** Of whoever installed it: without the id of an installation each repository may have another one. */
function nameOf({ app, remote }: Asked): string {
  const { id, installation, privateKey, api } = app
  return sha256Hex(JSON.stringify([id, installation ?? remote.url, privateKey, api]))
}

async function newToken(asked: Asked, now: () => number): Promise<Token> {
  const key = keyOf(asked)
  const seconds = Math.floor(now() / 1000)
  const jwt = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(asked.app.id)
    .setIssuedAt(seconds - slackSeconds)
    .setExpirationTime(seconds + lifeSeconds)
    .sign(key)
  const installation = asked.app.installation ?? (await installationOf(asked, jwt))
  const path = `/app/installations/${encodeURIComponent(installation)}/access_tokens`
  const { token, expires_at } = await call(asked, jwt, { path, method: 'POST', form: AccessToken })
  return { text: token, endsAt: Date.parse(expires_at) }
}

function keyOf({ app, credentials }: Asked): KeyObject {
  try {
    return createPrivateKey(app.privateKey)
  } catch {
    // what OpenSSL says may show a part of the key
    throw new GitAuthError(
      `githubAppPrivateKey is no private key as PEM; check the Secret ${credentials.secret}`,
    )
  }
}

async function installationOf(asked: Asked, jwt: string): Promise<string> {
  const [owner = '', name = ''] = new URL(asked.remote.url).pathname.split('/').slice(1)
  const place = [owner, name.replace(/\.git$/, '')].map(encodeURIComponent).join('/')
  const path = `/repos/${place}/installation`
  return String((await call(asked, jwt, { path, method: 'GET', form: Installation })).id)
}

type Call<T> = {
  readonly path: string
  readonly method: 'GET' | 'POST'
  readonly form: z.ZodType<T>
}

async function call<T>(
  { outbound, app, credentials, remote }: Asked,
  jwt: string,
  { path, method, form }: Call<T>,
): Promise<T> {
  const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${jwt}` }
  const { status, body } = await ask(
    outbound,
    `${app.api}${path}`,
    { method, headers, maxBytes: maxAnswerBytes },
    remote.access ?? {},
  ).catch((error: Error) => {
    throw new GitAccessError(`${app.api} does not answer: ${error.message}`)
  })
  const what = `GitHub (${app.api}) answers ${status} to the App ${app.id}`
  if (status >= 500 || status === 429) throw new GitAccessError(what)
  if (status >= 300) {
    throw new GitAuthError(
      `the repository ${remote.url} refuses our credentials: ${what}; check the Secret ${credentials.secret}`,
    )
  }
  const read = form.safeParse(parsedJson(body.toString('utf8')))
  if (read.success) return read.data
  throw new GitAccessError(`${what} with something else than documented; is it GitHub's REST API?`)
}
