import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMap, isDeployed, isSynced, whenApplication } from '../../harness/application.ts'
import { eventually } from '../../harness/eventually.ts'
import { type FaultyServer, startFaultyServer } from '../../harness/faulty-server.ts'
import { createNamespace, type KubeObject } from '../../harness/kube.ts'
import { openScene, type Scene } from '../../harness/scene.ts'
import {
  clusterSecret,
  type SecondCluster,
  secretsPath,
  startSecondCluster,
} from '../../harness/second-cluster.ts'
import { type Stack, startStack } from '../../harness/stack.ts'
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts'

const namespace = 'drill-clusters'
const patienceMs = 60_000
let stack: Stack
let scene: Scene
let second: SecondCluster
let faulty: FaultyServer
let network: TcpProxy

beforeAll(async () => {
  ;[stack, second] = await Promise.all([startStack(), startSecondCluster()])
  scene = await openScene(stack.endpoints, namespace)
  faulty = await startFaultyServer(second.server)
  network = await startTcpProxy(faulty.port)
  const server = `https://127.0.0.1:${network.port}`
  const caData = Buffer.from(faulty.ca).toString('base64')
  const config = { ...second.byToken, tlsClientConfig: { caData } }
  await scene.kube.request('POST', secretsPath, clusterSecret('far', { server, config }))
  await Promise.all([
    createNamespace(scene.kube, namespace),
    createNamespace(second.kube, namespace),
  ])
  const head = await scene.repository.push(change('begin'))
  await scene.create('near', { path: 'near' })
  await scene.create('far', { path: 'far', spec: { destination: { name: 'far', namespace } } })
  await whenBoth(head)
})
afterAll(async () => {
  await scene.close()
  await stack.stop()
  await network.close()
  await faulty.close()
  await second.stop()
})

const change = (value: string) => ({
  'near/map.yaml': configMap('near', value),
  'far/map.yaml': configMap('far', value),
})
const whenBoth = async (head: string) => {
  await whenApplication(scene.kube, 'near', isDeployed(head))
  await whenApplication(scene.kube, 'far', isDeployed(head))
}
/** What the application of the other cluster is told while the control cluster goes on. */
const troubleOf = async (value: string) => {
  const head = await scene.push(change(value))
  await whenApplication(scene.kube, 'near', isDeployed(head))
  const { status } = await whenApplication(
    scene.kube,
    'far',
    ({ conditions = [], driftless }) => driftless?.failure !== undefined && conditions.length > 0,
    patienceMs,
  )
  // and is not only told once
  const again = await scene.push({ 'near/map.yaml': configMap('near', `${value} again`) })
  await whenApplication(scene.kube, 'near', isDeployed(again))
  const messages = status?.conditions?.map(({ message }) => message).join() ?? ''
  expect(messages).toContain(`the cluster far (https://127.0.0.1:${network.port})`)
  return messages
}
/** The other cluster has what was pushed while it did not work. */
const isTakenUp = async (value: string) => {
  const path = `/api/v1/namespaces/${namespace}/configmaps/far`
  await eventually(
    () =>
      second.kube.request<KubeObject & { readonly data: { readonly value: string } }>('GET', path),
    ({ data }) => data.value === value,
  )
  await whenApplication(
    scene.kube,
    'far',
    (status) => isSynced(status) && !status.driftless?.failure,
  )
}

describe('R7: a cluster that does not work', () => {
  it.each([429, 500])(
    'and answers %s holds up no Application of the control cluster, and is taken up again when it works',
    async (status) => {
      faulty.answer(status)
      const messages = await troubleOf(`while ${status}`)
      expect(messages).toContain(`answers ${status}`)
      faulty.answer(undefined)
      await isTakenUp(`while ${status}`)
    },
  )

  it('and hangs holds up no Application of the control cluster', async () => {
    network.silence()
    const messages = await troubleOf('while it hangs')
    expect(messages).toContain('does not answer')
  })

  it('and still hangs does not hold up the start of a worker, and is taken up again when it answers', async () => {
    stack.kill('worker')
    const later = await scene.push({ 'near/map.yaml': configMap('near', 'after a crash') })
    await whenApplication(scene.kube, 'near', isDeployed(later))
    network.restore()
    await isTakenUp('while it hangs')
  })
})
