import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import type { KubeRequest } from '../../clients/kube/transport.ts'
import {
  AdmissionDenied,
  ConflictError,
  NetworkError,
  NotFoundError,
  PermissionError,
  QuotaExceeded,
} from '../../core/errors.ts'
import {
  createKubeClient,
  createNamespace,
  type KubeClient,
  type KubeObject,
} from '../harness/kube.ts'
import { type ProxiedTransport, proxiedTransport } from '../harness/proxied-transport.ts'

const { kubeconfig } = inject('endpoints')
const namespace = 'contract-transport'
const configMaps = `/api/v1/namespaces/${namespace}/configmaps`
const object = (name: string, more: object = {}) => ({ metadata: { name }, ...more })
const opened: ProxiedTransport[] = []
let kube: KubeClient

const open = async (...args: Parameters<typeof proxiedTransport> | []) => {
  const [path = kubeconfig, change] = args
  const proxied = await proxiedTransport(path, change)
  opened.push(proxied)
  return proxied
}

beforeAll(async () => {
  kube = createKubeClient(kubeconfig)
  await createNamespace(kube, namespace)
  await kube.request('POST', configMaps, object('there', { data: { a: '1' } }))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((proxied) => proxied.close()))
})
afterAll(() => kube.close())

describe('an answer of the API server that is no success', () => {
  const refused = async (path: string, request?: KubeRequest): Promise<unknown> => {
    const { transport } = await open()
    return await transport.request(path, request).then(
      () => 'accepted',
      (error: unknown) => error,
    )
  }
  const patch = (body: object): KubeRequest => ({
    method: 'PATCH',
    body,
    contentType: 'application/merge-patch+json',
  })

  it.each([
    ['leases', 'coordination.k8s.io/v1', 'Lease', { renewTime: '2026-01-02T03:04:05Z' }],
    ['deployments', 'apps/v1', 'Deployment', { nothing: 1 }],
  ])(
    'is AdmissionDenied for %s that cannot hold what is declared, which the server answers with 500',
    async (plural, apiVersion, kind, spec) => {
      const error = await refused(`/apis/${apiVersion}/namespaces/${namespace}/${plural}/x`, {
        method: 'PATCH',
        contentType: 'application/apply-patch+yaml',
        query: { fieldManager: 'driftless', force: 'true' },
        body: { apiVersion, kind, metadata: { name: 'x', namespace }, spec },
      })
      expect(error).toBeInstanceOf(AdmissionDenied)
    },
  )

  it('is NotFoundError for 404, with the words of the server', async () => {
    const error = await refused(`${configMaps}/missing`)
    expect(error).toBeInstanceOf(NotFoundError)
    expect((error as Error).message).toBe('configmaps "missing" not found')
  })

  it('is ConflictError for 409: an old version, another uid, a name that is taken', async () => {
    const old = { metadata: { resourceVersion: '1' }, data: { a: '2' } }
    expect(await refused(`${configMaps}/there`, patch(old))).toBeInstanceOf(ConflictError)
    const other: KubeRequest = { method: 'DELETE', body: { preconditions: { uid: 'other' } } }
    expect(await refused(`${configMaps}/there`, other)).toBeInstanceOf(ConflictError)
    const again: KubeRequest = { method: 'POST', body: object('there') }
    expect(await refused(configMaps, again)).toBeInstanceOf(ConflictError)
  })

  it('is AdmissionDenied for 422 and for 400', async () => {
    const unprocessable: KubeRequest = { method: 'POST', body: object('Not A Name') }
    expect(await refused(configMaps, unprocessable)).toBeInstanceOf(AdmissionDenied)
    const malformed: KubeRequest = { method: 'POST', body: object('x', { data: 7 }) }
    expect(await refused(configMaps, malformed)).toBeInstanceOf(AdmissionDenied)
  })

  it('is PermissionError for 401 and for 403', async () => {
    const { transport } = await open(kubeconfig, { authorization: async () => 'Bearer wrong' })
    await expect(transport.request(configMaps)).rejects.toBeInstanceOf(PermissionError)
    const nobody = await open(kubeconfig, {
      authorization: async () => `Bearer ${await tokenOf('default')}`,
    })
    await expect(nobody.transport.request(configMaps)).rejects.toThrow(/cannot list.*configmaps/)
    await expect(nobody.transport.request(configMaps)).rejects.toBeInstanceOf(PermissionError)
  })

  it('is QuotaExceeded for a quota that is used up', async () => {
    const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`
    await kube.request('POST', quotas, object('none', { spec: { hard: { 'count/secrets': '0' } } }))
    const secrets = `/api/v1/namespaces/${namespace}/secrets`
    const error = await refused(secrets, { method: 'POST', body: object('one') })
    expect(error).toBeInstanceOf(QuotaExceeded)
  })
})

/** A token of a service account that may do nothing. */
async function tokenOf(account: string): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts`
  await kube.try('POST', path, object(account))
  const { status } = await kube.request<{ status: { token: string } }>(
    'POST',
    `${path}/${account}/token`,
    { spec: { expirationSeconds: 600 } },
  )
  return status.token
}

describe('connections', () => {
  it('are kept: requests one after the other need only one', async () => {
    const { transport, proxy } = await open()
    for (let times = 0; times < 30; times++) await transport.request(`${configMaps}/there`)
    expect(proxy.opened()).toBe(1)
  })

  it('are at most 32 for any number of requests at once', async () => {
    const { transport, proxy } = await open()
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => transport.request<KubeObject>(`${configMaps}/there`)),
    )
    expect(answers.every(({ metadata }) => metadata.name === 'there')).toBe(true)
    expect(proxy.opened()).toBeLessThanOrEqual(32)
  })

  it('of watches are others than those of requests', async () => {
    const { transport } = await open()
    const stopped = new AbortController()
    const query = { watch: '1' }
    const watches = Array.from({ length: 40 }, () =>
      transport.stream(configMaps, { query, signal: stopped.signal }),
    )
    await Promise.all(watches)
    const answer = await transport.request<KubeObject>(`${configMaps}/there`)
    expect(answer.metadata.name).toBe('there')
    stopped.abort()
  })
})

describe('an API server that does not answer is NetworkError', () => {
  it('when it refuses connections; the next request finds it back', async () => {
    const { transport, proxy } = await open()
    await transport.request(configMaps)
    proxy.cut()
    await expect(transport.request(configMaps)).rejects.toBeInstanceOf(NetworkError)
    await expect(transport.stream(configMaps, {})).rejects.toBeInstanceOf(NetworkError)
    proxy.restore()
    expect(await transport.request<KubeObject>(configMaps)).toMatchObject({ kind: 'ConfigMapList' })
  })

  it('when it falls silent, before or after the connection was made', async () => {
    // how long is waited is the connection's affair
    const patience = { timeoutMs: 2_000 }
    const [fresh, used] = [await open(kubeconfig, patience), await open(kubeconfig, patience)]
    await used.transport.request(configMaps)
    for (const { proxy } of [fresh, used]) proxy.silence()
    await Promise.all(
      [fresh, used].map(({ transport }) =>
        expect(transport.request(configMaps)).rejects.toBeInstanceOf(NetworkError),
      ),
    )
  })

  it('when whoever asked gives up', async () => {
    const { transport, proxy } = await open()
    await transport.request(configMaps)
    proxy.silence()
    const refused = transport.request(configMaps, { signal: AbortSignal.timeout(50) })
    await expect(refused).rejects.toBeInstanceOf(NetworkError)
    await expect(refused).rejects.toThrow(/aborted/)
  })

  it('and a certificate of somebody else is not trusted', async () => {
    const { transport } = await open(kubeconfig, { tls: { rejectUnauthorized: true } })
    const refused = transport.request(configMaps)
    await expect(refused).rejects.toBeInstanceOf(NetworkError)
    await expect(refused).rejects.toThrow(/certificate/)
  })
})
