import { setTimeout as delay } from 'node:timers/promises'
import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import { NetworkError } from '../../core/errors.ts'
import type { Connection } from './connection.ts'
import { errorOf } from './failure.ts'

export type KubeRequest = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  readonly accept?: string
  readonly signal?: AbortSignal
}

/** Sends requests to one API server over kept-alive connections; errors are the classes of core/errors.ts. */
export type KubeTransport = {
  readonly server: string
  /** One request, one JSON answer. */
  request<T>(path: string, request?: KubeRequest): Promise<T>
  /** An open watch: the body as it arrives. Has connections of its own, so that watches never starve requests. */
  stream(path: string, request: KubeRequest): Promise<AsyncIterable<Buffer>>
  close(): Promise<void>
}

const requestTimeoutMs = 30_000
const connectTimeoutMs = 10_000

/**
 * client-node opens a new TLS connection per request; one kept-alive pool is five times as fast
 * (docs/decisions/0006-own-kubernetes-transport.md).
 */
export function createTransport(connection: Connection): KubeTransport {
  const timeoutMs = connection.timeoutMs ?? requestTimeoutMs
  const pool = dispatcherOf(connection, {
    connections: 32,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  })
  const watches = dispatcherOf(connection, { bodyTimeout: 0, headersTimeout: timeoutMs })
  return {
    server: connection.server,
    async request<T>(path: string, options: KubeRequest = {}): Promise<T> {
      const response = await sendPatiently(connection, pool, path, options)
      const text = await response.body
        .text()
        .catch((cause: unknown) => unreachable(connection, cause))
      if (response.statusCode >= 300) {
        throw errorOf(options.method ?? 'GET', path, response.statusCode, text, connection.label)
      }
      return (text === '' ? {} : JSON.parse(text)) as T
    },
    async stream(path, options) {
      const response = await send(connection, watches, path, options)
      if (response.statusCode >= 300) {
        const text = await response.body.text()
        throw errorOf('WATCH', path, response.statusCode, text, connection.label)
      }
      return response.body
    },
    close: async () => {
      await Promise.all([pool.destroy(), watches.destroy()])
    },
  }
}

/** A proxy is told to open a tunnel; what is said to the server it cannot read. */
function dispatcherOf(
  { tls, proxyUrl, timeoutMs = requestTimeoutMs }: Connection,
  options: Agent.Options,
): Dispatcher {
  const connect = { ...tls, timeout: Math.min(timeoutMs / 2, connectTimeoutMs) }
  if (proxyUrl === undefined) return new Agent({ ...options, connect })
  return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: connect })
}

const maxPauses = 4
const maxPauseMs = 5_000

/**
 * Sends again what the server did not look at for now and says when to come back: it is busy, or
 * only begins to serve the kind. Nothing was done yet, so that holds for writes as well.
 */
async function sendPatiently(
  connection: Connection,
  dispatcher: Dispatcher,
  path: string,
  options: KubeRequest,
): Promise<Dispatcher.ResponseData> {
  for (let pauses = 0; ; pauses++) {
    const response = await send(connection, dispatcher, path, options)
    const seconds = String(response.headers['retry-after'] ?? '')
    const isAsked = response.statusCode === 429 && /^\d+$/.test(seconds)
    if (!isAsked || pauses === maxPauses) return response
    await response.body.dump()
    const { signal } = options
    await delay(Math.min(Number(seconds) * 1000, maxPauseMs), undefined, signal && { signal })
  }
}

async function send(
  connection: Connection,
  dispatcher: Dispatcher,
  path: string,
  { method = 'GET', query, body, contentType = 'application/json', accept, signal }: KubeRequest,
): Promise<Dispatcher.ResponseData> {
  const authorization = await connection.authorization()
  const url = new URL(connection.server + path)
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, value)
  }
  return await request(url, {
    method,
    dispatcher,
    headers: {
      accept: accept ?? 'application/json',
      ...(authorization !== undefined && { authorization }),
      ...(body !== undefined && { 'content-type': contentType }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  }).catch((cause: unknown) => unreachable(connection, cause))
}

function unreachable(connection: Connection, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const name = connection.label ?? `the API server ${connection.server}`
  throw new NetworkError(`${name} does not answer: ${reason}`, { cause })
}
