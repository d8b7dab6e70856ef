import { setTimeout as delay } from 'node:timers/promises'
import type { ClusterAccess } from '../../core/cluster/access.ts'
import type { DeclaredCluster } from '../../core/cluster/declared.ts'
import { NetworkError, PermissionError, type PlatformError } from '../../core/errors.ts'
import { clusterToken } from '../aws/cluster-token.ts'
import { type Connection, cached } from '../kube/connection.ts'

// a cluster that hangs is one among many, and whoever waits for it holds a step of a deployment
const requestTimeoutMs = 10_000
const commandTimeoutMs = 15_000

/** How to reach a cluster with what its Secret says (CLUS-02). */
export function connectionOf(cluster: DeclaredCluster): Connection {
  const { server, name, access } = cluster
  const { insecure, serverName, caData, certData, keyData } = access.tlsClientConfig ?? {}
  return {
    ...{ server, label: `the cluster ${name} (${server})`, timeoutMs: requestTimeoutMs },
    tls: {
      ...(caData && { ca: Buffer.from(caData, 'base64') }),
      ...(certData && { cert: Buffer.from(certData, 'base64') }),
      ...(keyData && { key: Buffer.from(keyData, 'base64') }),
      ...(serverName && { servername: serverName }),
      rejectUnauthorized: insecure !== true,
    },
    ...(access.proxyUrl && { proxyUrl: access.proxyUrl }),
    authorization: authorizationOf(cluster),
  }
}

/** In the order in which Argo CD looks: AWS, a command, then what stands in the Secret itself. */
function authorizationOf(cluster: DeclaredCluster): Connection['authorization'] {
  const { awsAuthConfig, execProviderConfig, bearerToken, username, password } = cluster.access
  if (awsAuthConfig) {
    return cached(async () => {
      const token = await clusterToken(awsAuthConfig, cluster.server).catch((error: Error) => {
        const reason = `the Secret ${cluster.secret}: config.awsAuthConfig: ${error.message}`
        throw error instanceof NetworkError ? new NetworkError(reason) : new PermissionError(reason)
      })
      return `Bearer ${token}`
    })
  }
  if (execProviderConfig) return cached(() => tokenOfCommand(cluster, execProviderConfig))
  if (bearerToken) return async () => `Bearer ${bearerToken}`
  if (username) {
    const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64')
    return async () => `Basic ${basic}`
  }
  return async () => undefined
}

type Command = NonNullable<ClusterAccess['execProviderConfig']>

/** client-node speaks the protocol of credential plugins; it is loaded only where one is used. */
async function tokenOfCommand(
  { secret, server }: DeclaredCluster,
  { command, args, env, apiVersion = 'client.authentication.k8s.io/v1' }: Command,
): Promise<string | undefined> {
  const { KubeConfig } = await import('@kubernetes/client-node')
  const config = new KubeConfig()
  const variables = Object.entries(env ?? {}).map(([name, value]) => ({ name, value }))
  const exec = { apiVersion, command, args: [...(args ?? [])], env: variables }
  config.loadFromOptions({
    clusters: [{ name: secret, server, skipTLSVerify: false }],
    users: [{ name: secret, exec }],
    contexts: [{ name: secret, cluster: secret, user: secret }],
    currentContext: secret,
  })
  const options: { headers: Record<string, string> } = { headers: {} }
  const failed = (reason: string): PlatformError =>
    new PermissionError(
      `the Secret ${secret}: config.execProviderConfig.command ${command} ${reason}; run it where the worker runs`,
    )
  const patience = new AbortController()
  const late = delay(commandTimeoutMs, undefined, { signal: patience.signal }).then(() => {
    throw failed(`did not end within ${commandTimeoutMs / 1000} s`)
  })
  try {
    // what it writes may hold what it is for: only that it failed is told
    const asked = config.applyToHTTPSOptions(options).catch(() => {
      throw failed('ended with an error')
    })
    await Promise.race([asked, late])
  } finally {
    late.catch(() => undefined)
    patience.abort()
  }
  return options.headers.Authorization
}
