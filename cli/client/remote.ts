import { CommandEnd } from '../exit.ts'

/** What a request carries. */
export type Call = {
  readonly query?: Readonly<Record<string, string | readonly string[] | boolean | undefined>>
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/** One server as this user sees it. */
export type Remote = {
  readonly server: string
  /** One JSON answer; a refusal ends the command with the server's own words. */
  call<T>(method: string, path: string, call?: Call): Promise<T>
  /** An answer that is read as it comes. */
  open(path: string, call?: Call): Promise<Response>
}

/** What the server refused. */
export class RemoteRefusal extends CommandEnd {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

type Options = {
  readonly server: string
  readonly token?: string | undefined
  readonly insecure: boolean
}

export function createRemote({ server, token, insecure }: Options): Remote {
  const send = async (method: string, path: string, call: Call): Promise<Response> => {
    const fetching = insecure ? await insecureFetch() : fetch
    try {
      const response = await fetching(urlOf(server, path, call.query), {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(call.body !== undefined && { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
        ...(call.signal !== undefined && { signal: call.signal }),
      })
      if (response.ok) return response
      throw await refusalOf(response)
    } catch (error) {
      if (error instanceof CommandEnd || call.signal?.aborted === true) throw error
      throw unreachable(server, error)
    }
  }
  return {
    server,
    async call<T>(method: string, path: string, call: Call = {}) {
      return (await (await send(method, path, call)).json()) as T
    },
    open: (path, call = {}) => send('GET', path, call),
  }
}

/** The address as people write it: without a scheme it is https, on this machine http. */
export function serverUrl(address: string, plaintext: boolean): string {
  if (/^https?:\/\//.test(address)) return address.replace(/\/+$/, '')
  const isLocal = /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(address)
  return `${plaintext || isLocal ? 'http' : 'https'}://${address}`
}

function urlOf(server: string, path: string, query: Call['query'] = {}): URL {
  const url = new URL(server + path)
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value ?? []].flat()) url.searchParams.append(name, String(one))
  }
  return url
}

async function refusalOf(response: Response): Promise<RemoteRefusal> {
  const text = await response.text()
  let message = text.slice(0, 500) || response.statusText
  try {
    const answer = JSON.parse(text) as { message?: unknown }
    if (typeof answer.message === 'string') message = answer.message
  } catch {
    // not from us, perhaps a proxy: its own words have to do
  }
  const hint = response.status === 401 ? '; `driftless login` begins a session' : ''
  return new RemoteRefusal(message + hint, response.status)
}

function unreachable(server: string, error: unknown): CommandEnd {
  const { cause, message } = error as Error
  const reason = cause instanceof Error ? cause.message || cause.name : message
  return new CommandEnd(
    `${server} does not answer: ${reason}; is it running, and is --server right?`,
    undefined,
    { cause: error },
  )
}

async function insecureFetch(): Promise<typeof fetch> {
  const { Agent, fetch: undiciFetch } = await import('undici')
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  return ((url: URL, init: object) =>
    undiciFetch(url, { ...init, dispatcher })) as unknown as typeof fetch
}
