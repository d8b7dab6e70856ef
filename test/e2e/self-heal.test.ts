import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  configMap,
  isDeployed,
  isOutOfSync,
  isSynced,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'self-heal'
const name = 'self-heal'
const path = `/api/v1/namespaces/${namespace}/configmaps/contested`
let scene: Scene

type ConfigMap = { readonly data: { readonly value: string } }
const liveValue = async () => (await scene.kube.request<ConfigMap>('GET', path)).data.value
const drift = (value: string) => scene.kube.patch(path, { data: { value } })

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  const head = await scene.repository.push({ 'config.yaml': configMap('contested', 'declared') })
  await createNamespace(scene.kube, namespace)
  await scene.create(name)
  await whenApplication(scene.kube, name, isDeployed(head))
})

afterAll(() => scene.close())

const statusNow = async () => {
  const path = `${applicationsPath}/${name}`
  return (await scene.kube.request<LiveApplication>('GET', path)).status
}
const pause = async () =>
  (await statusNow())?.conditions?.find(({ type }) => type === 'SelfHealBackoff')
/** How the drift ended: healed at once, or waiting for its turn. */
const drifted = async (value: string): Promise<'healed' | 'waits'> => {
  await drift(value)
  const end = await eventually(
    async () => {
      if ((await liveValue()) === 'declared') return 'healed'
      return (await pause()) === undefined ? undefined : 'waits'
    },
    (answer) => answer !== undefined,
  )
  return end ?? 'waits'
}

it('heals an object ten times at once, then with a pause that the status tells of, and never gives up (AUTO-11)', async () => {
  const budget = 10
  let heals = 0
  // a drift that comes while the one before still ends may be healed by the same operation
  while ((await drifted(`by hand ${heals}`)) === 'healed') heals++
  expect(heals).toBeGreaterThanOrEqual(budget)
  expect((await pause())?.message).toMatch(/healed too often; the next self-heal is in \d+ s/)
  await eventually(liveValue, (value) => value === 'declared')
  const { status: after } = await whenApplication(
    scene.kube,
    name,
    ({ sync, conditions = [] }) => sync?.status === 'Synced' && conditions.length === 0,
  )
  expect(after?.history).toHaveLength(1)
  expect(after?.history?.[0]?.heals).toBeGreaterThan(budget)
})

it('shows an edit of a field that was edited and set back by hand before', async () => {
  const { kube, repository } = scene
  const edited = `/api/v1/namespaces/${namespace}/configmaps/edited`
  const head = await repository.push({ 'edited/config.yaml': configMap('edited', 'declared') })
  await scene.create('edited', { path: 'edited', spec: { syncPolicy: { automated: {} } } })
  await whenApplication(kube, 'edited', isDeployed(head))
  for (const [value, isExpected] of [
    ['by hand', isOutOfSync],
    ['declared', isSynced],
    ['by hand again', isOutOfSync],
  ] as const) {
    await kube.patch(edited, { data: { value } })
    await whenApplication(kube, 'edited', isExpected)
  }
})
