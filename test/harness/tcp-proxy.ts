import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, so that a test decides when the server is away. */
export type TcpProxy = {
  readonly port: number
  /** Connections that clients have opened so far. */
  opened(): number
  /** Ends all connections and refuses new ones. */
  cut(): void
  /** Takes everything and passes nothing on any more, in either direction. */
  silence(): void
  /** From now on new connections work; those that fell silent stay so. */
  restore(): void
  close(): Promise<void>
}

/** Opens a free port whose connections go on to the target, a port of this machine. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let mode: 'open' | 'cut' | 'silent' = 'open'
  let opened = 0
  const server = createServer((client) => {
    client.on('error', () => undefined)
    if (mode === 'cut') {
      client.destroy()
      return
    }
    opened++
    const upstream = connect(target, '127.0.0.1')
    upstream.on('error', () => undefined)
    const pair = [client, upstream] as const
    pairs.add(pair)
    if (mode === 'open') client.pipe(upstream).pipe(client)
    for (const [one, other] of [pair, [upstream, client] as const]) {
      one.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const end = (): void => {
    for (const [client, upstream] of pairs) {
      client.destroy()
      upstream.destroy()
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    opened: () => opened,
    cut() {
      mode = 'cut'
      end()
    },
    silence() {
      mode = 'silent'
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream)
        upstream.unpipe(client)
        client.resume()
        upstream.resume()
      }
    },
    restore() {
      mode = 'open'
    },
    async close() {
      end()
      await new Promise((closed) => server.close(closed))
    },
  }
}
