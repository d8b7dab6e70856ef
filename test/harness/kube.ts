import { Agent, request } from 'undici'
import { connect } from '../../clients/kube/connection.ts'

type KubeAnswer<T> = { readonly status: number; readonly body: T }

/** Talks to the API server of a stack as its admin; TLS is verified against the stack's own CA. */
export type KubeClient = {
  /** One request; a status of 300 or more is an error that names it. */
  request<T = KubeObject>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<T>
  /** The same, but every status is an answer. */
  try<T = KubeObject>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<KubeAnswer<T>>
  /** Merges the change into the object at the path. */
  patch<T = KubeObject>(path: string, change: object): Promise<T>
  close(): Promise<void>
}

/** As much of a Kubernetes object as tests look at. */
export type KubeObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly creationTimestamp: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly finalizers?: readonly string[]
  }
  readonly [field: string]: unknown
}

/** Opens a client for the kubeconfig. */
export function createKubeClient(kubeconfig: string): KubeClient {
  const opened = connect(kubeconfig).then((connection) => ({
    connection,
    agent: new Agent({ connections: 16, connect: connection.tls }),
  }))
  const attempt: KubeClient['try'] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    contentType = 'application/json',
  ) => {
    const { connection, agent } = await opened
    const response = await request(connection.server + path, {
      method: method as 'GET',
      dispatcher: agent,
      headers: {
        authorization: (await connection.authorization()) ?? '',
        ...(body !== undefined && { 'content-type': contentType }),
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.body.text()
    return { status: response.statusCode, body: (isJson(text) ? JSON.parse(text) : text) as T }
  }
  const accepted: KubeClient['request'] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ) => {
    const answer = await attempt<T>(method, path, body, contentType)
    if (answer.status < 300) return answer.body
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  return {
    try: attempt,
    request: accepted,
    patch: (path, change) => accepted('PATCH', path, change, 'application/merge-patch+json'),
    async close() {
      await (await opened).agent.destroy()
    },
  }
}

/** Makes the namespace. */
export async function createNamespace(kube: KubeClient, name: string): Promise<void> {
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name } })
}

function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[')
}
