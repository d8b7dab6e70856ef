import { z } from 'zod'
import { authorization } from '../git/access.ts'
import { ask, type HttpAnswer, onlyProxy, parsedJson } from '../outbound/ask.ts'
import type { Outbound } from '../outbound.ts'
import { bodyOf, type Pull, maxRedirects as redirects } from './asked.ts'

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() })

/** An answer of a registry that is no file may be this large. */
export const maxAnswerBytes = 4 * 1024 * 1024

/** Asks one registry for paths below `/v2/<name>/`. */
export type Get = (path: string, maxBytes?: number, accept?: string) => Promise<HttpAnswer>

/** Asks as whoever the access says, with a token where the registry wants one. */
export function createGet(
  outbound: Outbound,
  { access, reach }: Pull,
  { host, name }: { readonly host: string; readonly name: string },
): Get {
  const scheme = access.credentials?.plainHttp === true ? 'http' : 'https'
  const own = access.credentials && authorization(access.credentials)
  let header = own
  const once = (path: string, maxBytes: number, accept: string) =>
    ask(
      outbound,
      `${scheme}://${host}/v2/${name}/${path}`,
      {
        ...{ maxBytes, redirects, reach },
        headers: { accept, ...(header !== undefined && { authorization: header }) },
      },
      access,
    )
  return async (path, maxBytes = maxAnswerBytes, accept = '*/*') => {
    const first = await once(path, maxBytes, accept)
    const realm = first.status === 401 ? tokenAddress(first, scheme) : undefined
    if (realm === undefined) return first
    // the protocol wants it so: whoever the registry names gives the token for our password
    const headers = own === undefined ? {} : { authorization: own }
    const how = { maxBytes: maxAnswerBytes, reach: first.reach, headers }
    const answer = await ask(
      outbound,
      realm,
      how,
      new URL(realm).host === host ? access : onlyProxy(access),
    )
    const { token, access_token } = Token.parse(parsedJson(bodyOf(answer).toString('utf8')))
    header = `Bearer ${token ?? access_token ?? ''}`
    return await once(path, maxBytes, accept)
  }
}

/** Where a token is to be asked for; undefined when the registry names no such place. */
function tokenAddress({ headers }: HttpAnswer, scheme: string): string | undefined {
  const challenge = String(headers['www-authenticate'] ?? '')
  if (!/^bearer\s/i.test(challenge)) return undefined
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  )
  const realm = new URL(fields.realm ?? '')
  if (realm.protocol !== `${scheme}:` && realm.protocol !== 'https:') {
    throw new Error('it wants our password to be sent without TLS')
  }
  for (const key of ['service', 'scope']) {
    const value = fields[key]
    if (value !== undefined) realm.searchParams.set(key, value)
  }
  return realm.href
}
