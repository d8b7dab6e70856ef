import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { configMap, isDeployed, whenApplication } from '../harness/application.ts'
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

it('heals an object ten times at once, then with a pause that the status tells of, and never gives up', async () => {
  const budget = 10
  for (let heals = 0; heals < budget; heals++) {
    await drift(`by hand ${heals}`)
    await eventually(liveValue, (value) => value === 'declared')
  }
  await drift('once too often')
  const { status } = await whenApplication(scene.kube, name, ({ conditions = [] }) =>
    conditions.some(({ type }) => type === 'SelfHealBackoff'),
  )
  expect(status?.conditions?.[0]?.message).toMatch(
    /healed too often; the next self-heal is in \d+ s/,
  )
  expect(await liveValue()).toBe('once too often')
  await eventually(liveValue, (value) => value === 'declared')
  const { status: after } = await whenApplication(
    scene.kube,
    name,
    ({ sync, conditions = [] }) => sync?.status === 'Synced' && conditions.length === 0,
  )
  expect(after?.history).toHaveLength(1)
  expect(after?.history?.[0]).toMatchObject({ heals: budget + 1 })
})
