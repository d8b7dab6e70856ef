import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Endpoints } from '../../deploy/local/endpoints.ts'
import type { LiveApplication } from './application.ts'
import { createKubeClient, type KubeClient, type KubeObject } from './kube.ts'

const root = resolve(import.meta.dirname, '..', '..')
const main = join(root, 'cli', 'main.ts')

/** An API process for a control namespace of its own: no worker acts on what it writes there. */
export type TestApi = {
  readonly url: string
  readonly password: string
  /** The session of the admin. */
  readonly token: string
  readonly namespace: string
  readonly kube: KubeClient
  readonly pid: number
  /** One request with the admin's token; every status is an answer. */
  call<T = Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Headers,
  ): Promise<Called<T>>
  /** The path of Applications in the Kubernetes API. */
  readonly applications: string
  /** The Application as the cluster has it. */
  stored(name: string): Promise<StoredApplication>
  /** Merges the change into the Application past the API, as the engine or a user of kubectl does. */
  patch(name: string, change: object): Promise<KubeObject>
  stop(): Promise<void>
}
type StoredApplication = LiveApplication & { readonly spec: Readonly<Record<string, unknown>> }
type Headers = Readonly<Record<string, string>>
type Answer = Readonly<Record<string, unknown>>
/** An answer of the API. */
export type Called<T> = {
  readonly status: number
  readonly headers: Response['headers']
  readonly body: T
}

/** Starts an API on a running stack. */
export async function startApi(
  endpoints: Endpoints,
  namespace: string,
  more: Readonly<Record<string, string>> = {},
): Promise<TestApi> {
  const data = mkdtempSync(join(tmpdir(), 'driftless-api-'))
  const env = {
    ...process.env,
    KAFKA_BROKERS: endpoints.kafka,
    TEMPORAL_ADDRESS: endpoints.temporal,
    KUBECONFIG: endpoints.kubeconfig,
    DRIFTLESS_NAMESPACE: namespace,
    DRIFTLESS_NETWORK_ALLOW: 'loopback',
    DRIFTLESS_PORT: '0',
    DRIFTLESS_DATA: data,
    ...more,
  }
  await promisify(execFile)(process.execPath, [main, 'install'], { env })
  const child = spawn(process.execPath, [main, 'api'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = `http://127.0.0.1:${await portOf(child)}`
  const kube = createKubeClient(endpoints.kubeconfig)
  const password = await initialPassword(kube, namespace)
  const token = await login(url, password)
  const applications = `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/applications`
  return {
    ...{ url, password, token, namespace, kube, pid: child.pid ?? 0, applications },
    call: (method, path, body, headers = {}) =>
      send(url, method, path, body, { authorization: `Bearer ${token}`, ...headers }),
    stored: (name) => kube.request<StoredApplication>('GET', `${applications}/${name}`),
    patch: (name, change) => kube.patch(`${applications}/${name}`, change),
    async stop() {
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
      await kube.close()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** One request; every status is an answer. */
export async function send<T = Answer>(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Headers = {},
): Promise<Called<T>> {
  const response = await fetch(url + path, {
    method,
    redirect: 'manual',
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return {
    ...{ status: response.status, headers: response.headers },
    body: (isJson ? JSON.parse(text) : text) as T,
  }
}

async function portOf(child: ChildProcess): Promise<number> {
  return await new Promise((found, failed) => {
    let output = ''
    child.once('exit', () => failed(new Error(`the API ended:\n${output}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const port = /"port":(\d+),"msg":"ready"/.exec(output)?.[1]
      if (port !== undefined) found(Number(port))
    })
  })
}

async function initialPassword(kube: KubeClient, namespace: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/secrets/argocd-initial-admin-secret`
  const { data } = await kube.request<{ data: { password: string } }>('GET', path)
  return Buffer.from(data.password, 'base64').toString()
}

async function login(url: string, password: string): Promise<string> {
  const credentials = { username: 'admin', password }
  const { body } = await send<{ token: string }>(url, 'POST', '/api/v1/session', credentials)
  return body.token
}
