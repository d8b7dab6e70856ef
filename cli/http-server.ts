import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'

/** How long clients may take, and how many may come. */
export type HttpLimits = {
  /** For the headers of a request, from the connection or the first byte on. */
  readonly headersMs: number
  /** For a whole request with its body; the answer may take as long as it likes. */
  readonly requestMs: number
  /** How often the two are looked at: nobody is ended later than this after the limit. */
  readonly checkMs: number
  /** Further connections are closed at once. */
  readonly connections: number
  /** For requests in flight when the server closes. */
  readonly closeMs: number
}

/** A server that listens. */
export type HttpServer = {
  readonly port: number
  /** Takes no more connections, and settles when the last one is gone. */
  close(): Promise<void>
}

type Fetch = (request: Request) => Response | Promise<Response>
type Address = { readonly host: string; readonly port: number }

/**
 * Node would give a request five minutes, look every 30 s and take any number of connections.
 * A webhook is sent by a machine in one go: GitHub gives up after 10 s, and 20 s let its largest
 * body (25 MB) through 10 Mbit/s. The streams of people and the idle connections of an ingress count too.
 * The process is ended 10 s after it was told to stop: half of that is left for what comes after.
 */
const httpLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 20_000,
  checkMs: 1_000,
  connections: 1_000,
  closeMs: 5_000,
}
const sweepMs = 50

/**
 * Serves HTTP, and throws when it cannot listen. Who is too slow with its request is answered 408,
 * where nothing was answered yet, and its connection is closed.
 */
export async function serveHttp(
  fetch: Fetch,
  { host, port }: Address,
  limits: HttpLimits = httpLimits,
): Promise<HttpServer> {
  // without options for TLS it is one of HTTP/1
  const server = serve({
    ...{ fetch, hostname: host, port },
    serverOptions: {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      connectionsCheckingInterval: limits.checkMs,
    },
  }) as Server
  server.maxConnections = limits.connections
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server, limits.closeMs),
  }
}

async function close(server: Server, closeMs: number): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  // a connection that becomes idle now would be kept for its next request
  const sweep = setInterval(() => server.closeIdleConnections(), sweepMs)
  // a server that closes watches the limits no more
  const cut = setTimeout(() => server.closeAllConnections(), closeMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
