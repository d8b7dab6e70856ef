import { type Connection, connect } from '../../clients/kube/connection.ts'
import { createTransport, type KubeTransport } from '../../clients/kube/transport.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'

/** Our transport with a proxy before the server. */
export type ProxiedTransport = {
  readonly transport: KubeTransport
  readonly proxy: TcpProxy
  close(): Promise<void>
}

/** Our transport to the real API server, with a network in between that can fail. */
export async function proxiedTransport(
  kubeconfig: string,
  change: Partial<Connection> = {},
): Promise<ProxiedTransport> {
  const connection = await connect(kubeconfig)
  const proxy = await startTcpProxy(Number(new URL(connection.server).port))
  const server = `https://127.0.0.1:${proxy.port}`
  const transport = createTransport({ ...connection, server, ...change })
  return {
    transport,
    proxy,
    async close() {
      await transport.close()
      await proxy.close()
    },
  }
}
