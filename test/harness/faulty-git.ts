import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { request } from 'undici'

/** What a Git server does instead of its work. */
export type GitFault = 'is away' | 'answers 500' | 'hangs' | 'cuts packs short'

/** Stands before a Git server, so that a test decides what is wrong with it. */
export type FaultyGit = {
  readonly url: string
  /** From now on; undefined passes everything on. */
  become(fault: GitFault | undefined): void
  close(): Promise<void>
}

/** Opens a free port whose requests go on to the repository at this address. */
export async function startFaultyGit(target: string): Promise<FaultyGit> {
  let fault: GitFault | undefined
  const held = new Set<ServerResponse>()
  const server = createServer((incoming, outgoing) => {
    if (fault === 'is away') return void incoming.socket.destroy()
    if (fault === 'answers 500') return void outgoing.writeHead(500).end('trouble\n')
    if (fault === 'hangs') return void held.add(outgoing)
    passOn(target, incoming, outgoing, fault === 'cuts packs short').catch(() => outgoing.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { pathname } = new URL(target)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    become(next) {
      fault = next
      // who still waits for an answer that never comes has to ask again
      for (const response of held) response.destroy()
      held.clear()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

async function passOn(
  target: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  cutsPacks: boolean,
): Promise<void> {
  const { method = 'GET', url = '/' } = incoming
  const { host: _, connection: __, 'transfer-encoding': ___, ...headers } = incoming.headers
  const body = method === 'GET' ? null : await buffer(incoming)
  const answer = await request(new URL(url, target), { method: method as 'GET', headers, body })
  const bytes = Buffer.from(await answer.body.arrayBuffer())
  const pack = bytes.indexOf('PACK')
  outgoing.writeHead(answer.statusCode, answer.headers)
  if (!cutsPacks || pack < 0) return void outgoing.end(bytes)
  // the head of the pack arrives, what it promises does not
  outgoing.write(bytes.subarray(0, pack + 20), () => outgoing.destroy())
}
