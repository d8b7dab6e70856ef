import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  configMap,
  isDeployed,
  isSynced,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { followDeployments } from '../harness/deployments.ts'
import { eventually } from '../harness/eventually.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-automatic-rollback'
const v1 = `/api/v1/namespaces/${namespace}`
let scene: Scene
let told: ReturnType<typeof followDeployments>

beforeAll(async () => {
  const endpoints = inject('endpoints')
  scene = await openScene(endpoints, namespace)
  told = followDeployments(endpoints.kafka)
  await createNamespace(scene.kube, namespace)
})
afterAll(async () => {
  await told.close()
  await scene.close()
})

const pod = (name: string, simulate?: string) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...(simulate && { annotations: { 'driftless.dev/simulate': simulate } }) },
    spec: { containers: [{ name: 'main', image: 'busybox:1' }] },
  })
const valueIn = async (name: string) =>
  (await scene.kube.request('GET', `${v1}/configmaps/${name}`)).data
const kinds = (name: string) => told.ofApplication(`argocd/${name}`).map(({ kind }) => kind)

describe('a bad deployment of an Application that wants to go back (driftless.dev/rollback-on)', () => {
  it('is rolled back with its hooks when it failed, held, and put back in Git', async () => {
    const { kube, repository } = scene
    const name = 'failing-back'
    const one = await scene.push({
      'failing/config.yaml': configMap(name, 'one'),
      'failing/hook.yaml': hookJob('migrate', 'PreSync'),
      'beside/config.yaml': configMap('beside', 'one'),
    })
    const annotations = {
      'driftless.dev/rollback-on': 'failed',
      'driftless.dev/rollback-revert': 'true',
    }
    await scene.create(name, { path: 'failing', annotations })
    await whenApplication(kube, name, isDeployed(one))
    const bad = {
      'failing/config.yaml': configMap(name, 'two'),
      'failing/pod.yaml': pod(name, 'crash'),
    }
    const two = await scene.push({ ...bad, 'beside/config.yaml': configMap('beside', 'two') })
    const { status } = await whenApplication(
      kube,
      name,
      ({ driftless }) => driftless?.rollbacks?.[0]?.reverted !== undefined,
    )
    const reason = expect.stringContaining(`because ${two.slice(0, 7)} failed: `)
    expect(status?.driftless?.hold).toMatchObject({ by: 'automatic-rollback', because: reason })
    expect(status?.driftless?.rollbacks).toMatchObject([{ revision: two, to: 0, reason }])
    expect(status?.operationState).toMatchObject({ phase: 'Succeeded' })
    expect(status?.operationState?.syncResult.resources).toContainEqual(
      expect.objectContaining({ name: 'migrate', syncPhase: 'PreSync', hookPhase: 'Succeeded' }),
    )
    expect(await valueIn(name)).toEqual({ value: 'one' })
    expect(await isThere(kube, `${v1}/pods/${name}`)).toBe(false)
    await repository.git('pull', '--quiet', repository.url, 'main')
    expect(await repository.git('log', '-1', '--format=%P')).toBe(two)
    expect(await repository.git('diff', '--name-only', one, 'HEAD')).toBe('beside/config.yaml')
    const { status: after } = await refreshed(kube, name)
    expect([isSynced(after ?? {}), after?.driftless?.hold]).toEqual([true, undefined])
    const said = await eventually(
      async () => kinds(name),
      (seen) => seen.includes('rollback-reverted'),
    )
    expect(said.filter((kind) => kind === 'rollback-begun')).toHaveLength(1)
  })

  it('is rolled back once when the application becomes Degraded after it', async () => {
    const { kube } = scene
    const name = 'ill-back'
    const one = await scene.push({
      'ill/config.yaml': configMap(name, 'one'),
      'ill/pod.yaml': pod(name),
    })
    const annotations = { 'driftless.dev/rollback-on': 'degraded' }
    await scene.create(name, { path: 'ill', annotations })
    await whenApplication(kube, name, isDeployed(one))
    const two = await scene.push({ 'ill/config.yaml': configMap(name, 'two') })
    await whenApplication(kube, name, isDeployed(two))
    const waiting = { reason: 'CrashLoopBackOff', message: 'back-off' }
    const container = { name: 'main', image: 'busybox:1', imageID: '', ready: false }
    await kube.patch(`${v1}/pods/${name}/status`, {
      status: { containerStatuses: [{ ...container, restartCount: 3, state: { waiting } }] },
    })
    const { status } = await whenApplication(
      kube,
      name,
      ({ driftless, operationState, sync }) =>
        driftless?.hold?.id === 0 &&
        operationState?.phase === 'Succeeded' &&
        sync?.revision === two,
    )
    expect(await valueIn(name)).toEqual({ value: 'one' })
    expect(status?.driftless?.rollbacks).toMatchObject([{ revision: two, to: 0 }])
    expect(status?.history?.map(({ health }) => health)).toEqual([
      'Healthy',
      'Degraded',
      'Degraded',
    ])
  })
})
