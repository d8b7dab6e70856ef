import { KubeConfig } from '@kubernetes/client-node'
import { InvalidSpecError } from '../../core/errors.ts'

/** Where a cluster is and how we prove who we are. TLS is always verified unless the kubeconfig itself says otherwise. */
export type Connection = {
  readonly server: string
  readonly tls: TlsOptions
  /** Asked before each request, so that rotated and exec-made tokens are picked up. */
  readonly authorization: () => Promise<string | undefined>
}

export type TlsOptions = {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly servername?: string
  readonly rejectUnauthorized: boolean
}

const tokenLifetimeMs = 60_000

/** Reads the kubeconfig file, or the pod's own service account when no file is given. */
export async function connect(kubeconfig: string | undefined): Promise<Connection> {
  const config = new KubeConfig()
  if (kubeconfig === undefined) config.loadFromCluster()
  else config.loadFromFile(kubeconfig)
  const cluster = config.getCurrentCluster()
  if (cluster === null) {
    throw new InvalidSpecError(
      `the kubeconfig ${kubeconfig} has no current cluster; set current-context to one of its contexts`,
    )
  }
  const first = await credentials(config)
  return {
    server: cluster.server.replace(/\/$/, ''),
    tls: {
      ...(first.ca !== undefined && { ca: first.ca }),
      ...(first.cert !== undefined && { cert: first.cert }),
      ...(first.key !== undefined && { key: first.key }),
      ...(cluster.tlsServerName !== undefined && { servername: cluster.tlsServerName }),
      rejectUnauthorized: cluster.skipTLSVerify !== true,
    },
    authorization: cachedAuthorization(config, first.authorization),
  }
}

type Credentials = {
  readonly ca?: string | Buffer
  readonly cert?: string | Buffer
  readonly key?: string | Buffer
  readonly authorization?: string
}

/** client-node knows every kind of kubeconfig user (token, file, exec, OIDC); we only take what it finds. */
async function credentials(config: KubeConfig): Promise<Credentials> {
  const options: { headers?: Record<string, string>; ca?: Buffer; cert?: Buffer; key?: Buffer } = {
    headers: {},
  }
  await config.applyToHTTPSOptions(options)
  const authorization = options.headers?.['Authorization'] ?? options.headers?.['authorization']
  return {
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.cert !== undefined && { cert: options.cert }),
    ...(options.key !== undefined && { key: options.key }),
    ...(authorization !== undefined && { authorization }),
  }
}

function cachedAuthorization(config: KubeConfig, first: string | undefined) {
  let value = first
  let readAt = Date.now()
  return async (): Promise<string | undefined> => {
    if (Date.now() - readAt > tokenLifetimeMs) {
      readAt = Date.now()
      value = (await credentials(config)).authorization
    }
    return value
  }
}
