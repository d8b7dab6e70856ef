import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect as connectTcp } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { connectionOf } from '../../clients/clusters/connection.ts'
import { type Cluster, createCluster } from '../../clients/kube/cluster.ts'
import { createTransport } from '../../clients/kube/transport.ts'
import { readClusterSecret } from '../../core/cluster/declared.ts'
import { PermissionError } from '../../core/errors.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { eventually } from '../harness/eventually.ts'
import { createKubeClient, createNamespace, type KubeClient } from '../harness/kube.ts'
import { clusterSecret } from '../harness/second-cluster.ts'

const { kubeconfig } = inject('endpoints')
const inside = ['contract-scope-a', 'contract-scope-b'] as const
const outside = 'contract-scope-c'
const label = 'contract-scope'
let kube: KubeClient
let server = ''
let token = ''
let caData = ''

beforeAll(async () => {
  kube = createKubeClient(kubeconfig)
  const file = JSON.parse(readFileSync(kubeconfig, 'utf8'))
  token = file.users[0].user.token
  server = file.clusters[0].cluster.server
  caData = file.clusters[0].cluster['certificate-authority-data']
  await Promise.all([...inside, outside].map((name) => createNamespace(kube, name)))
})
afterAll(() => kube.close())

/** The cluster of the stack as a Secret declares it; closed with the test. */
function open(config: object, more: Readonly<Record<string, string>> = {}): Cluster {
  const { stringData, ...secret } = clusterSecret('stage', {
    ...{ server, config: { tlsClientConfig: { caData }, ...config } },
    ...more,
  })
  const data = Object.fromEntries(
    Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  )
  const declared = readClusterSecret({ ...secret, data })
  if (declared === undefined) throw new Error('the Secret declares no cluster')
  expect(declared.problems).toEqual([])
  const transport = createTransport(connectionOf(declared))
  const cluster = createCluster(transport, () => undefined, declared.scope)
  onTestFinished(async () => {
    cluster.close()
    await transport.close()
  })
  return cluster
}

const credentialOf = (bearer: string) =>
  JSON.stringify({
    ...{ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' },
    status: { token: bearer },
  })
const configMap = (namespace: string, name: string): Manifest => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', data: { a: 'b' } },
  metadata: { name, namespace, labels: { 'driftless.dev/application': label } },
})

describe('a cluster that a Secret declares (CLUS-02)', () => {
  it('is reached with a token, and one that it does not take is told with its name', async () => {
    await expect(open({ bearerToken: token }).version()).resolves.toMatch(/^v1[.]/)
    await expect(open({ bearerToken: 'wrong' }).version()).rejects.toThrow(
      `the cluster stage (${server}) does not accept our credentials`,
    )
  })

  it('is reached with what a command says, as the logins of clouds are, which has the variables of the Secret (CLUS-05)', async () => {
    const command = process.execPath
    const args = ['-e', 'console.log(process.env.CREDENTIAL)']
    const env = { CREDENTIAL: credentialOf(token) }
    const byCommand = open({ execProviderConfig: { command, args, env } })
    await expect(byCommand.version()).resolves.toMatch(/^v1[.]/)
  })

  it('names the command that fails, and nothing of what it wrote', async () => {
    const args = ['-e', 'console.error("sesame"); process.exit(1)']
    const failing = open({ execProviderConfig: { command: process.execPath, args } })
    const error = await failing.version().catch((thrown: Error) => thrown)
    expect(String(error)).toContain('the Secret stage: config.execProviderConfig.command')
    expect(String(error)).not.toContain('sesame')
  })

  it('is reached through a proxy', async () => {
    const tunnels: string[] = []
    const proxy = await startTunnel(tunnels)
    onTestFinished(() => {
      proxy.closeAllConnections()
      proxy.close()
    })
    const { port } = proxy.address() as AddressInfo
    const cluster = open({ bearerToken: token, proxyUrl: `http://127.0.0.1:${port}` })
    await expect(cluster.version()).resolves.toMatch(/^v1[.]/)
    expect(tunnels).toEqual([new URL(server).host])
  })
})

describe('a cluster of which the Secret names namespaces (CLUS-06)', () => {
  const namespaces = inside.join(',')
  const kind = { group: '', kind: 'ConfigMap' }

  it('is watched, listed and read in these only', async () => {
    const cluster = open({ bearerToken: token }, { namespaces })
    for (const namespace of [...inside, outside]) {
      const path = `/api/v1/namespaces/${namespace}/configmaps`
      await kube.request('POST', path, configMap(namespace, 'one'))
    }
    await cluster.watch([kind, { group: '', kind: 'Namespace' }])
    await eventually(
      () => cluster.live.ofApplication(label).map(({ metadata }) => metadata.namespace),
      (found) => found.length === inside.length && !found.includes(outside),
    )
    const listed: string[] = []
    const labelSelector = `driftless.dev/application=${label}`
    for await (const { metadata } of cluster.listMetadata(kind, { labelSelector }))
      listed.push(metadata.namespace ?? '')
    expect(listed.sort()).toEqual([...inside])
    await expect(cluster.read('v1', `/ConfigMap/${outside}/one`)).rejects.toThrow(
      `ConfigMap one is in the namespace ${outside}, which the Secret of the cluster does not list`,
    )
    await expect(cluster.apply(configMap(outside, 'two'))).rejects.toThrow(PermissionError)
    await kube.request('DELETE', `/api/v1/namespaces/${inside[0]}/configmaps/one`)
    await eventually(
      () => cluster.live.ofApplication(label).length,
      (count) => count === 1,
    )
  })

  it('is read beyond namespaces only where the Secret says so', async () => {
    const key = `/Namespace//${inside[0]}` as const
    await expect(open({ bearerToken: token }, { namespaces }).read('v1', key)).rejects.toThrow(
      'lists namespaces without clusterResources',
    )
    const wide = open({ bearerToken: token }, { namespaces, clusterResources: 'true' })
    expect((await wide.read('v1', key))?.kind).toBe('Namespace')
  })
})

/** A proxy that opens tunnels, and keeps where they lead to. */
async function startTunnel(tunnels: string[]): Promise<Server> {
  const proxy = createServer()
  proxy.on('connect', (request, client) => {
    tunnels.push(request.url ?? '')
    const { hostname, port } = new URL(`https://${request.url}`)
    const upstream = connectTcp(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}
