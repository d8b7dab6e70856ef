import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type Answer, type Form, type KeptMessage, SlackWorkspace } from './slack-workspace.ts'

/** What happens to the next call of a method, instead of or after what is asked. */
export type Trouble =
  /** Refused before anything is done. */
  | { readonly kind: 'limited'; readonly retryAfter: number }
  | { readonly kind: 'error'; readonly error: string }
  | { readonly kind: 'status'; readonly status: number; readonly body: string }
  /** Done, but the answer never comes: the connection breaks. */
  | { readonly kind: 'dropped' }
  /** Done, and the answer waits for this. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> }

export type SlackCall = { readonly method: string; readonly at: number; readonly form: Form }

/** A server that speaks as much of Slack's Web API as Driftless uses, with the troubles of the real one. */
export type SlackServer = {
  /** For `SLACK_API_URL`. */
  readonly url: string
  /** Sends the processes of a stack to it. */
  readonly environment: Readonly<Record<string, string>>
  readonly token: string
  readonly channel: string
  /** All calls so far, with the server's own time. */
  calls(method?: string): readonly SlackCall[]
  /** The messages of the channel in the order in which they came, as they are now. */
  messages(): readonly KeptMessage[]
  next(method: string, ...troubles: readonly Trouble[]): void
  /** Nobody answers at the address. */
  goAway(): Promise<void>
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** Starts the server with an empty workspace. */
export async function startSlackServer(): Promise<SlackServer> {
  const workspace = new SlackWorkspace('xoxb-test', 'C0DEPLOYS')
  const troubles = new Map<string, Trouble[]>()
  const calls: SlackCall[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const method = (request.url ?? '').replace(/^\/api\//, '')
    const form = new URLSearchParams(await text(request))
    calls.push({ method, at: Date.now(), form })
    const trouble = troubles.get(method)?.shift()
    if (trouble?.kind === 'limited') {
      const headers = { 'retry-after': String(trouble.retryAfter) }
      return reply(response, { ok: false, error: 'ratelimited' }, 429, headers)
    }
    if (trouble?.kind === 'error') return reply(response, { ok: false, error: trouble.error })
    if (trouble?.kind === 'status') {
      response.writeHead(trouble.status).end(trouble.body)
      return
    }
    const answer = workspace.call(method, request.headers.authorization, form)
    if (trouble?.kind === 'dropped') return void request.socket.destroy()
    if (trouble?.kind === 'held') await trouble.until
    reply(response, answer)
  }
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      serve(request, response).catch(() => request.socket.destroy())
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server = await listen(0)
  const { port } = server.address() as AddressInfo
  const end = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
  const url = `http://127.0.0.1:${port}/api/`
  const { token, channel } = workspace
  return {
    ...{ url, token, channel },
    environment: { SLACK_BOT_TOKEN: token, SLACK_CHANNEL: channel, SLACK_API_URL: url },
    calls: (method) => calls.filter((call) => method === undefined || call.method === method),
    messages: () => workspace.messages(),
    next: (method, ...more) => {
      troubles.set(method, [...(troubles.get(method) ?? []), ...more])
    },
    goAway: end,
    async comeBack() {
      server = await listen(port)
    },
    close: end,
  }
}

function reply(
  response: ServerResponse,
  answer: Answer,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(answer))
}
