import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'
import { Agent, request } from 'undici'
import { makeCertificate } from './certificate.ts'

/** Stands before an API server and answers in its place, while it is told to. */
export type FaultyServer = {
  readonly port: number
  /** Its certificate, as PEM. */
  readonly ca: string
  /** From now on every request is answered with this status; undefined passes them on. */
  answer(status: number | undefined): void
  close(): Promise<void>
}

/** Opens a free port whose requests go on to the server, whose own certificate nobody looks at. */
export async function startFaultyServer(target: string): Promise<FaultyServer> {
  const { cert, key } = makeCertificate('faulty')
  const agent = new Agent({ connect: { rejectUnauthorized: false }, bodyTimeout: 0 })
  let fault: number | undefined
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    if (fault === undefined) return void passOn(target, agent, incoming, outgoing)
    incoming.resume()
    const message = `the server has trouble of its own (${fault})`
    outgoing.writeHead(fault, { 'content-type': 'application/json' })
    outgoing.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', code: fault, message }))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    ca: cert,
    answer(status) {
      fault = status
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await agent.destroy()
    },
  }
}

async function passOn(
  target: string,
  dispatcher: Agent,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = incoming
  const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = incoming.headers
  const given = method === 'GET' ? {} : { body: incoming }
  try {
    const answer = await request(target + url, {
      ...{ dispatcher, headers, method: method as 'GET', ...given },
    })
    outgoing.writeHead(answer.statusCode, answer.headers)
    // one side going away is an everyday thing for a watch
    pipeline(answer.body, outgoing, () => undefined)
  } catch {
    outgoing.destroy()
  }
}
