import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { clusterId } from '../../core/cluster/address.ts'
import {
  applicationsPath,
  configMap,
  isDeployed,
  isSynced,
  whenApplication,
} from '../harness/application.ts'
import { userCommand } from '../harness/command.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace, type KubeClient, type KubeObject } from '../harness/kube.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'
import {
  clusterSecret,
  type SecondCluster,
  secretsPath,
  startSecondCluster,
} from '../harness/second-cluster.ts'

const namespace = 'e2e-second'
const there = { destination: { name: 'second', namespace } }
let scene: Scene
let second: SecondCluster

type ConfigMap = KubeObject & { readonly data: Readonly<Record<string, string>> }

beforeAll(async () => {
  ;[scene, second] = await Promise.all([
    openScene(inject('endpoints'), namespace),
    startSecondCluster({ controllers: true }),
  ])
  await Promise.all([
    createNamespace(second.kube, namespace),
    createNamespace(scene.kube, namespace),
  ])
})
afterAll(async () => {
  await scene.kube.try('DELETE', `${secretsPath}/second`)
  await Promise.all([scene.close(), second.stop()])
})

const pathOf = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
const isThere = async (kube: KubeClient, name: string) =>
  (await kube.try('GET', pathOf(name))).status === 200
const declare = async (config: object) => {
  const secret = clusterSecret('second', { server: second.server, config })
  await scene.kube.try('DELETE', `${secretsPath}/second`)
  await scene.kube.request('POST', secretsPath, secret)
}
const whenDeleted = (name: string) => whenGone(scene.kube, `${applicationsPath}/${name}`)

/** The API and the command show the cluster and what lies in it (API-09, CLUS-08). */
const isShown = async () => {
  const { api, adminPassword } = inject('endpoints')
  const driftless = userCommand()
  await driftless('login', api, '--password', adminPassword)
  const { stdout } = await driftless('cluster', 'list', '-o', 'json')
  expect(JSON.parse(stdout)).toEqual([
    expect.objectContaining({ name: 'in-cluster', server: 'https://kubernetes.default.svc' }),
    expect.objectContaining({
      ...{ name: 'second', server: second.server },
      connectionState: expect.objectContaining({ status: 'Successful' }),
      serverVersion: expect.stringMatching(/^v1[.]/),
      info: expect.objectContaining({ applicationsCount: 2 }),
    }),
  ])
  expect(stdout).not.toContain(second.byToken.bearerToken)
  const shown = await driftless('cluster', 'list')
  expect(shown.stdout).toMatch(/^NAME +SERVER +VERSION +STATUS +APPLICATIONS/)
  expect(shown.stdout).toContain(second.server)
  expect((await driftless('cluster', 'get', second.server, '-o', 'name')).stdout).toBe('second\n')
  expect((await driftless('app', 'resources', 'second-shop', '--tree')).stdout).toContain('shop')
  const live = await driftless('app', 'manifests', 'second-shop', '--source', 'live')
  expect(live.stdout).toContain('value: two')
  driftless.remove()
}

describe('a cluster that a command adds (CLUS-04)', () => {
  it('gets an account with all rights, is deployed to, and is removed with the account', async () => {
    const { api, adminPassword } = inject('endpoints')
    const driftless = userCommand()
    await driftless('login', api, '--password', adminPassword)
    const target = ['--kubeconfig', second.kubeconfig, '-y']
    const add = (...more: readonly string[]) =>
      driftless('cluster', 'add', 'driftless-local', '--name', 'added', ...target, ...more)
    const outcomes = (outcome: string, verb: string) => [
      `serviceaccount/driftless-manager ${outcome}`,
      `clusterrole.rbac.authorization.k8s.io/driftless-manager-role ${outcome}`,
      `clusterrolebinding.rbac.authorization.k8s.io/driftless-manager-role-binding ${outcome}`,
      `secret/driftless-manager-token ${outcome}`,
      `cluster added ${verb} (${second.server})`,
    ]
    const first = await add()
    expect([first.stderr, first.stdout.trim().split('\n')]).toEqual([
      '',
      outcomes('created', 'added'),
    ])
    await scene.repository.push({ 'added/map.yaml': configMap('added', 'one') })
    const destination = { name: 'added', namespace }
    await scene.create('second-added', { path: 'added', spec: { destination } })
    await whenApplication(scene.kube, 'second-added', isSynced)
    expect(await isThere(second.kube, 'added')).toBe(true)
    const again = await add()
    expect([again.code, again.stderr]).toEqual([20, expect.stringContaining('--upsert')])
    const changed = await add('--upsert', '--project', 'default')
    expect(changed.stdout.trim().split('\n')).toEqual(outcomes('unchanged', 'added'))
    await scene.kube.request('DELETE', `${applicationsPath}/second-added`)
    await whenDeleted('second-added')
    const removed = await driftless(
      ...['cluster', 'remove', 'added', '--context', 'driftless-local', ...target],
    )
    expect(removed.stdout.trim().split('\n')).toEqual([
      'cluster added removed',
      ...outcomes('deleted', '').slice(0, 4).toReversed(),
    ])
    driftless.remove()
  })
})

describe('an Application for a cluster that a Secret declares', () => {
  it('is told what is wrong with the credentials, and is deployed when they are mended (CLUS-01, CLUS-02, CLUS-09)', async () => {
    await declare({ ...second.byToken, bearerToken: 'wrong' })
    const head = await scene.repository.push({ 'ready/map.yaml': configMap('ready', 'one') })
    await scene.create('second-ready', { path: 'ready', spec: there })
    const { status } = await whenApplication(scene.kube, 'second-ready', ({ conditions = [] }) =>
      conditions.some(({ type }) => type === 'ComparisonError'),
    )
    expect(status?.conditions?.map(({ message }) => message).join()).toContain(
      `the cluster second (${second.server}) does not accept our credentials`,
    )
    expect(status?.health?.status).toBe('Unknown')
    const stringData = { config: JSON.stringify(second.byCertificate) }
    await scene.kube.patch(`${secretsPath}/second`, { stringData })
    await whenApplication(scene.kube, 'second-ready', isDeployed(head))
    expect(await isThere(second.kube, 'ready')).toBe(true)
  })

  it('is deployed there and nowhere else by a push, its drift is healed, and it is deleted with what it has', async () => {
    await declare(second.byToken)
    await scene.repository.push({ 'shop/map.yaml': configMap('shop', 'one') })
    await scene.create('second-shop', { path: 'shop', spec: there })
    await whenApplication(scene.kube, 'second-shop', isSynced)
    const head = await scene.push({ 'shop/map.yaml': configMap('shop', 'two') })
    await whenApplication(scene.kube, 'second-shop', isDeployed(head))
    await isShown()
    expect((await second.kube.request<ConfigMap>('GET', pathOf('shop'))).data.value).toBe('two')
    expect(await isThere(scene.kube, 'shop')).toBe(false)
    await second.kube.patch(pathOf('shop'), { data: { value: 'by hand' } })
    await eventually(
      () => second.kube.request<ConfigMap>('GET', pathOf('shop')),
      ({ data }) => data.value === 'two',
    )
    await scene.kube.request('DELETE', `${applicationsPath}/second-shop`)
    await whenDeleted('second-shop')
    expect(await isThere(second.kube, 'shop')).toBe(false)
  })

  it('leaves what it had where it was when its destination changes', async () => {
    await scene.repository.push({ 'moved/map.yaml': configMap('moved', 'one') })
    await scene.create('second-moved', { path: 'moved', spec: there })
    await whenApplication(scene.kube, 'second-moved', isSynced)
    const destination = { name: null, server: 'https://kubernetes.default.svc', namespace }
    await scene.kube.patch(`${applicationsPath}/second-moved`, { spec: { destination } })
    await eventually(
      () => isThere(scene.kube, 'moved'),
      (present) => present,
    )
    await whenApplication(scene.kube, 'second-moved', isSynced)
    expect(await isThere(second.kube, 'moved')).toBe(true)
  })

  it('is told when its cluster is removed, and its deletion then leaves what it had (CLUS-11, HIST-09)', async () => {
    await scene.repository.push({ 'left/map.yaml': configMap('left', 'one') })
    await scene.create('second-left', { path: 'left', spec: there })
    await whenApplication(scene.kube, 'second-left', isSynced)
    await scene.kube.request('DELETE', `${secretsPath}/second`)
    const { status } = await whenApplication(
      scene.kube,
      'second-left',
      ({ conditions = [], sync }) =>
        sync?.status === 'Unknown' && conditions.some(({ type }) => type === 'InvalidSpecError'),
    )
    expect(status?.conditions?.[0]?.message).toContain('the cluster second is not known here')
    expect(status?.health?.status).toBe('Unknown')
    await scene.kube.request('DELETE', `${applicationsPath}/second-left`)
    await whenDeleted('second-left')
    expect(await isThere(second.kube, 'left')).toBe(true)
  })

  it('is the last one for which the cluster is held by a worker', async () => {
    for (const name of ['second-ready', 'second-moved']) {
      await scene.kube.try('DELETE', `${applicationsPath}/${name}`)
      await whenDeleted(name)
    }
    const lease = `driftless-cluster-${clusterId(second.server)}`
    const leases = '/apis/coordination.k8s.io/v1/namespaces/argocd/leases'
    await whenGone(scene.kube, `${leases}/${lease}`)
  })
})
