import { readFileSync } from 'node:fs'
import { InvalidSpecError } from '../../core/errors.ts'
import { type Kubeconfig, readKubeconfig } from './kubeconfig.ts'

/** Where a cluster is and how we prove who we are. TLS is always verified unless the kubeconfig itself says otherwise. */
export type Connection = {
  readonly server: string
  readonly tls: TlsOptions
  /** Asked before each request, so that rotated and exec-made tokens are picked up. */
  readonly authorization: () => Promise<string | undefined>
  /** What people call it, for messages; unless given it is the API server at its address. */
  readonly label?: string
  /** An http proxy on the way to it. */
  readonly proxyUrl?: string
  /** How long an answer may take; 30 s unless given. */
  readonly timeoutMs?: number
}

export type TlsOptions = {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly servername?: string
  readonly rejectUnauthorized: boolean
}

const tokenLifetimeMs = 60_000
const pod = '/var/run/secrets/kubernetes.io/serviceaccount'

/**
 * Reads the kubeconfig file, in its current context or a named one, or the pod's own service account
 * when no file is given.
 */
export async function connect(path: string | undefined, context?: string): Promise<Connection> {
  if (path === undefined) return fromPod()
  const file = readKubeconfig(path, context)
  const { server } = file.cluster
  if (typeof server !== 'string') {
    throw new InvalidSpecError(`the kubeconfig ${path} names no server for its current cluster`)
  }
  const name = file.cluster['tls-server-name']
  return {
    server: server.replace(/\/$/, ''),
    tls: {
      ...tlsOf(file),
      ...(typeof name === 'string' && { servername: name }),
      rejectUnauthorized: file.cluster['insecure-skip-tls-verify'] !== true,
    },
    authorization: cached(authorizationOf(path, file, context)),
  }
}

function tlsOf({ cluster, user, content }: Kubeconfig) {
  const ca = content(cluster, 'certificate-authority')
  const cert = content(user, 'client-certificate')
  const key = content(user, 'client-key')
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

type Authorization = () => Promise<string | undefined>

function authorizationOf(
  path: string,
  { user }: Kubeconfig,
  context: string | undefined,
): Authorization {
  const { token, tokenFile } = user
  if (typeof token === 'string') return async () => `Bearer ${token}`
  if (typeof tokenFile === 'string')
    return async () => `Bearer ${readFileSync(tokenFile, 'utf8').trim()}`
  if (user.exec !== undefined || user['auth-provider'] !== undefined)
    return viaClientNode(path, context)
  return async () => undefined
}

/** Exec plugins and OIDC are client-node's; it weighs 90 MB and is loaded only where they are used. */
function viaClientNode(path: string, context: string | undefined): Authorization {
  return async () => {
    const { KubeConfig } = await import('@kubernetes/client-node')
    const config = new KubeConfig()
    config.loadFromFile(path)
    if (context !== undefined) config.setCurrentContext(context)
    const options: { headers: Record<string, string> } = { headers: {} }
    await config.applyToHTTPSOptions(options)
    return options.headers.Authorization
  }
}

function fromPod(): Connection {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = podEnvironment
  if (host === undefined) {
    throw new InvalidSpecError(
      'no cluster is named: set KUBECONFIG to a kubeconfig file, or run in a pod',
    )
  }
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    tls: { ca: readFileSync(`${pod}/ca.crt`), rejectUnauthorized: true },
    authorization: cached(async () => `Bearer ${readFileSync(`${pod}/token`, 'utf8').trim()}`),
  }
}

// set by the kubelet in every pod; no settings of ours
// biome-ignore lint/style/noProcessEnv: see the line above
const podEnvironment = process.env

/** Asks at most once a minute, and at once again after a failure. */
export function cached(read: Authorization): Authorization {
  let value: Promise<string | undefined> | undefined
  let readAt = 0
  return () => {
    if (value === undefined || Date.now() - readAt > tokenLifetimeMs) {
      readAt = Date.now()
      const asked = read()
      value = asked
      asked.catch(() => {
        if (value === asked) value = undefined
      })
    }
    return value
  }
}
