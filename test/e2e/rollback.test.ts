import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, isDeployed, whenApplication } from '../harness/application.ts'
import { byHand, operate } from '../harness/operation.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-rollback'
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
})
afterAll(() => scene.close())

describe('a rollback', () => {
  it('sticks while automated sync is on, until Git shows something newer (design §8)', async () => {
    const { kube } = scene
    const live = async () =>
      (await kube.request('GET', `/api/v1/namespaces/${namespace}/configmaps/rolled`)).data
    const one = await scene.push({ 'config.yaml': configMap('rolled', 'one') })
    const syncPolicy = { ...byHand.syncPolicy, automated: { selfHeal: true } }
    await scene.create('rolled', { spec: { syncPolicy } })
    await whenApplication(kube, 'rolled', isDeployed(one))
    const two = await scene.push({ 'config.yaml': configMap('rolled', 'two') })
    const { status } = await whenApplication(kube, 'rolled', isDeployed(two))
    const entry = status?.history?.[0]
    await operate(
      kube,
      'rolled',
      { revision: entry?.revision, source: entry?.source },
      { info: [{ name: 'driftless.dev/rollback', value: String(entry?.id) }] },
    )
    const held = await whenApplication(
      kube,
      'rolled',
      ({ sync, operationState, driftless }) =>
        driftless?.hold !== undefined &&
        operationState?.phase === 'Succeeded' &&
        sync?.status === 'OutOfSync' &&
        sync.revision === two,
    )
    expect(held.status?.driftless?.hold).toMatchObject({ id: entry?.id, by: 'kim', revision: one })
    expect(await live()).toEqual({ value: 'one' })
    const three = await scene.push({ 'config.yaml': configMap('rolled', 'three') })
    const released = await whenApplication(kube, 'rolled', isDeployed(three))
    expect(released.status?.driftless?.hold).toBeUndefined()
    expect(await live()).toEqual({ value: 'three' })
  })
})
