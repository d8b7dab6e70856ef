import { Agent, type Dispatcher, ProxyAgent, request } from 'undici'
import type { RepositoryAccess } from '../../core/repository/credentials.ts'

export type HttpAsk = {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly maxBytes: number
}

const timeoutMs = 30_000

/**
 * Asks a server of a repository, with the certificates and the proxy that are known for it. What it
 * answers is cut off by an error beyond `maxBytes`; redirects are not followed (REPO-11).
 */
export async function ask(
  url: string,
  { method = 'GET', headers = {}, body, maxBytes }: HttpAsk,
  access: RepositoryAccess,
): Promise<{ readonly status: number; readonly body: Buffer }> {
  const dispatcher = dispatcherOf(url, access)
  try {
    const answer = await request(url, {
      ...{ dispatcher, method, headers: { 'user-agent': 'driftless', ...headers } },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(timeoutMs),
    })
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return { status: answer.statusCode, body: Buffer.concat(chunks) }
  } finally {
    await dispatcher.destroy()
  }
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

function dispatcherOf(url: string, { credentials, ca }: RepositoryAccess): Dispatcher {
  const { tlsClientCertData: cert, tlsClientCertKey: key, insecure, proxy } = credentials ?? {}
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(insecure === true && { rejectUnauthorized: false }),
  }
  const isDirect = proxy === undefined || isListed(new URL(url).hostname, credentials?.noProxy)
  return isDirect ? new Agent({ connect: tls }) : new ProxyAgent({ uri: proxy, requestTls: tls })
}

/** As git reads `NO_PROXY`: whole hosts, and ends of them. */
function isListed(host: string, noProxy = ''): boolean {
  return noProxy
    .split(',')
    .map((entry) => entry.trim().replace(/^\*?\./, ''))
    .some((entry) => entry !== '' && (host === entry || host.endsWith(`.${entry}`)))
}
