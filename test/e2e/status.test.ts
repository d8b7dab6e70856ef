import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ApplicationStatus } from '../../core/status/status.ts'
import {
  applicationsPath,
  configMap,
  isDeployed,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { byHand, operate } from '../harness/operation.ts'
import { whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-status'
const syncPolicy = { ...byHand.syncPolicy, automated: { prune: true, selfHeal: true } }
const secret = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: more\n'
let scene: Scene

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
})
afterAll(() => scene.close())

const pathOf = (name: string) => `${applicationsPath}/${name}`

/** `kubectl replace` with a manifest that has no status, and with another spec where that is given. */
async function replace(name: string, spec: object = {}): Promise<ApplicationStatus> {
  const live = await scene.kube.request<LiveApplication>('GET', pathOf(name))
  const { status = {}, ...manifest } = live
  const body = { ...manifest, spec: { ...(manifest.spec as object), ...spec } }
  const replaced = await scene.kube.request('PUT', pathOf(name), body)
  expect(replaced).not.toHaveProperty('status')
  return status
}

/** The status once the application was looked at after the replace. */
async function lookedAtSince(before: ApplicationStatus, name: string): Promise<ApplicationStatus> {
  const sequence = before.driftless?.sequence ?? 0
  const { status } = await whenApplication(
    scene.kube,
    name,
    ({ driftless }) => (driftless?.sequence ?? 0) > sequence,
  )
  return status ?? {}
}

const lasting = ({
  sync,
  health,
  history,
  operationState,
  resources,
  driftless,
}: ApplicationStatus) => {
  const { lastAttempt, hold, heals } = driftless ?? {}
  return { sync, health, history, operationState, resources, lastAttempt, hold, heals }
}

describe('an Application that is replaced without its status', () => {
  it('has its history and its inventory again, follows Git and prunes what Git has removed', async () => {
    const { kube } = scene
    const first = await scene.push({
      'a/config.yaml': configMap('kept', 'one'),
      'a/more.yaml': secret,
    })
    await scene.create('replaced', { path: 'a', spec: { syncPolicy } })
    await whenApplication(kube, 'replaced', isDeployed(first))
    const second = await scene.push({ 'a/config.yaml': configMap('kept', 'two') })
    await whenApplication(kube, 'replaced', isDeployed(second))
    const before = await replace('replaced')
    const after = await lookedAtSince(before, 'replaced')
    expect(lasting(after)).toEqual(lasting(before))
    expect(after.history?.map(({ revision }) => revision)).toEqual([first, second])
    const third = await scene.push({ 'a/more.yaml': null })
    const { status } = await whenApplication(kube, 'replaced', isDeployed(third))
    await whenGone(kube, `/api/v1/namespaces/${namespace}/secrets/more`)
    expect(status?.history?.map(({ id }) => id)).toEqual([0, 1, 2])
  })

  it('deploys the spec that came with the replace, after what was deployed before', async () => {
    const { kube } = scene
    const head = await scene.push({
      'b/config.yaml': configMap('moved', 'old'),
      'c/config.yaml': configMap('moved', 'new'),
    })
    await scene.create('moved', { path: 'b', spec: { syncPolicy } })
    await whenApplication(kube, 'moved', isDeployed(head))
    const source = { repoURL: scene.repository.url, path: 'c', targetRevision: 'HEAD' }
    await replace('moved', { source })
    const { status } = await whenApplication(
      kube,
      'moved',
      ({ history, ...status }) => history?.length === 2 && isDeployed(head)(status),
    )
    expect(status?.history?.map((entry) => entry.source?.path)).toEqual(['b', 'c'])
    const { data } = await kube.request('GET', `/api/v1/namespaces/${namespace}/configmaps/moved`)
    expect(data).toEqual({ value: 'new' })
  })

  it('stays where it was rolled back to', async () => {
    const { kube } = scene
    const one = await scene.push({ 'd/config.yaml': configMap('held', 'one') })
    await scene.create('held', { path: 'd', spec: { syncPolicy } })
    await whenApplication(kube, 'held', isDeployed(one))
    const two = await scene.push({ 'd/config.yaml': configMap('held', 'two') })
    await whenApplication(kube, 'held', isDeployed(two))
    await operate(kube, 'held', { revision: one })
    await whenApplication(
      kube,
      'held',
      ({ sync, operationState, driftless }) =>
        driftless?.hold !== undefined &&
        operationState?.phase === 'Succeeded' &&
        sync?.status === 'OutOfSync' &&
        sync.revision === two,
    )
    const before = await replace('held')
    expect(before.driftless?.hold).toMatchObject({ revision: one, by: 'kim' })
    const after = await lookedAtSince(before, 'held')
    expect(after.driftless?.hold).toEqual(before.driftless?.hold)
    expect(after.history).toEqual(before.history)
    const { data } = await kube.request('GET', `/api/v1/namespaces/${namespace}/configmaps/held`)
    expect(data).toEqual({ value: 'one' })
  })
})
