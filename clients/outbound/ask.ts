import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import type { RepositoryAccess, RepositoryCredentials } from '../../core/repository/credentials.ts'
import { type Located, type Outbound, pinnedLookup, type Reach } from '../outbound.ts'

export type HttpAsk = {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly maxBytes: number
  /** How many redirects are followed; none by default. */
  readonly redirects?: number
  readonly reach?: Reach
}

export type HttpAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
  /** Where it came from in the end. */
  readonly url: string
  /** For what this answer leads to. */
  readonly reach: Reach
}

const timeoutMs = 30_000
const redirecting: readonly number[] = [301, 302, 303, 307, 308]

/**
 * Asks a server of a repository, with the certificates and the proxy that are known for it, at the
 * address that was checked (H3). Beyond `maxBytes` the answer is cut off by a RangeError. Behind a
 * redirect to another server nothing that signs us in goes along (REPO-11).
 */
export async function ask(
  outbound: Outbound,
  url: string,
  { redirects = 0, reach = 'declared', ...how }: HttpAsk,
  access: RepositoryAccess,
): Promise<HttpAnswer> {
  const target = new URL(url)
  if (!/^https?:$/.test(target.protocol)) {
    throw new Error(`${target.protocol} is no scheme that is asked; use https:`)
  }
  const way = await wayTo(outbound, target, reach, access)
  const answer = await answerOf(target, how, way.dispatcher)
  const { location } = answer.headers
  const isElsewhere = redirecting.includes(answer.status) && typeof location === 'string'
  if (!isElsewhere || redirects === 0) return { ...answer, url, reach: way.reach }
  const next = new URL(location, target)
  if (target.protocol === 'https:' && next.protocol !== 'https:') {
    throw new Error(`${target.host} leads from https to ${next.protocol}`)
  }
  const isSame = next.origin === target.origin
  const rest = isSame ? how : { ...how, headers: withoutSecrets(how.headers) }
  const others = isSame ? access : onlyProxy(access)
  const more = { ...rest, redirects: redirects - 1, reach: way.reach }
  return await ask(outbound, next.href, more, others)
}

/** What of the access may be used for another server: the way out of our network. */
export function onlyProxy({ credentials }: RepositoryAccess): RepositoryAccess {
  if (credentials?.proxy === undefined) return {}
  const { secret, url, isTemplate, type, proxy, noProxy, unbuilt } = credentials
  const kept = { secret, url, isTemplate, type, proxy, unbuilt }
  return { credentials: { ...kept, ...(noProxy !== undefined && { noProxy }) } }
}

/** The proxy by which a host is reached; undefined for the direct way. */
export function proxyFor(
  host: string,
  { proxy, noProxy = '' }: Partial<RepositoryCredentials>,
): string | undefined {
  // as git reads NO_PROXY: whole hosts, and ends of them
  const isListed = noProxy
    .split(',')
    .map((entry) => entry.trim().replace(/^\*?\./, ''))
    .some((entry) => entry !== '' && (host === entry || host.endsWith(`.${entry}`)))
  return isListed ? undefined : proxy
}

/** What the text says as JSON; undefined when it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // a page of a proxy, for example: the schema of the reader tells
    return undefined
  }
}

/** Where the first connection to a server goes: to itself, or to the proxy, which looks its name up. */
export async function locateServer(
  outbound: Outbound,
  { hostname }: URL,
  reach: Reach,
  proxy: string | undefined,
): Promise<Located> {
  if (proxy === undefined) return await outbound.locate(hostname, reach)
  // what is written as an address is checked even there
  if (/^\[|^[\d.]+$/.test(hostname)) await outbound.locate(hostname, reach)
  const { addresses } = await outbound.locate(new URL(proxy).hostname)
  return { addresses, reach }
}

async function wayTo(
  outbound: Outbound,
  target: URL,
  reach: Reach,
  { credentials = undefined, ca }: RepositoryAccess,
): Promise<{ readonly dispatcher: Dispatcher; readonly reach: Reach }> {
  const proxy = proxyFor(target.hostname, credentials ?? {})
  const located = await locateServer(outbound, target, reach, proxy)
  const { tlsClientCertData: cert, tlsClientCertKey: key, insecure } = credentials ?? {}
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(insecure === true && { rejectUnauthorized: false }),
  }
  const lookup = pinnedLookup(located)
  const dispatcher =
    proxy === undefined
      ? new Agent({ connect: { ...tls, lookup } })
      : new ProxyAgent({ uri: proxy, requestTls: tls, proxyTls: { lookup } })
  return { dispatcher, reach: located.reach }
}

type Request = Pick<HttpAsk, 'method' | 'headers' | 'body' | 'maxBytes'>

async function answerOf(
  target: URL,
  { method = 'GET', headers = {}, body, maxBytes }: Request,
  dispatcher: Dispatcher,
): Promise<Pick<HttpAnswer, 'status' | 'headers' | 'body'>> {
  try {
    const answer = await request(target, {
      ...{ dispatcher, method, headers: { 'user-agent': 'driftless', ...headers } },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new RangeError(`the answer is larger than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }
  } finally {
    await dispatcher.destroy()
  }
}

function withoutSecrets(headers: Readonly<Record<string, string>> = {}) {
  const secret = /^(authorization|cookie|proxy-authorization)$/i
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.test(name)))
}
