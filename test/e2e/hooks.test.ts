import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { configMap, type LiveApplication, whenApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { hookJob, noticeHook } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { beginByHand, operate, terminate, whenInHook, whenOver } from '../harness/operation.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-hooks'
let scene: Scene

const job = (name: string) => `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
const config = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
const resultsOf = ({ status }: LiveApplication) =>
  (status?.operationState?.syncResult.resources ?? []).map(
    ({ kind, name, syncPhase, hookPhase }) => `${syncPhase} ${kind} ${name} ${hookPhase}`,
  )

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})
afterAll(() => scene.close())

describe('a sync by hand', () => {
  it('runs hooks around the waves, clears the request and lets the hooks go, and makes them anew the next time (SYNC-01, SYNC-19, HOOK-01, HOOK-04, HOOK-07, HOOK-09, HOOK-10)', async () => {
    const { kube, repository } = scene
    await repository.push({
      'hooks/before.yaml': hookJob('before', 'PreSync'),
      'hooks/after.yaml': hookJob('after', 'PostSync', { policy: 'HookSucceeded' }),
      'hooks/config.yaml': configMap('hooked', 'one'),
    })
    await beginByHand(scene, 'hooks', { prune: true })
    const over = await whenOver(kube, 'hooks')
    expect(over.status?.operationState).toMatchObject({
      phase: 'Succeeded',
      operation: { initiatedBy: { username: 'kim' } },
    })
    expect(resultsOf(over)).toEqual([
      'PreSync Job before Succeeded',
      'Sync ConfigMap hooked Running',
      'PostSync Job after Succeeded',
    ])
    expect(over.status?.history?.[0]?.initiatedBy).toEqual({ username: 'kim' })
    const before = await kube.request('GET', job('before'))
    expect(before.metadata.finalizers ?? []).not.toContain('argocd.argoproj.io/hook-finalizer')
    await whenGone(kube, job('after'))
    // hooks are no resources (HOOK-04)
    expect(over.status?.resources?.map(({ kind }) => kind)).toEqual(['ConfigMap'])
    await operate(kube, 'hooks')
    expect((await whenOver(kube, 'hooks')).status?.operationState?.phase).toBe('Succeeded')
    const again = await kube.request('GET', job('before'))
    expect(again.metadata.uid).not.toBe(before.metadata.uid)
  })

  it('fails with the hook, before anything else is written, and runs SyncFail hooks (HOOK-11)', async () => {
    await scene.repository.push({
      'failing/before.yaml': hookJob('failing', 'PreSync', { simulate: 'fail' }),
      'failing/sorry.yaml': hookJob('sorry', 'SyncFail'),
      'failing/config.yaml': configMap('failing', 'one'),
    })
    await beginByHand(scene, 'failing')
    const over = await whenOver(scene.kube, 'failing')
    expect(over.status?.operationState?.phase).toBe('Failed')
    expect(over.status?.driftless?.failure).toMatchObject({
      cause: 'hook',
      object: `Job ${namespace}/failing`,
    })
    expect(resultsOf(over)).toEqual(['PreSync Job failing Failed', 'SyncFail Job sorry Succeeded'])
    expect(await isThere(scene.kube, config('failing'))).toBe(false)
  })

  it('runs a notice as a hook, says it to nobody where Slack is not set up, and never applies it (HOOK-16)', async () => {
    const { kube, repository } = scene
    await repository.push({
      'noticed/config.yaml': configMap('noticed', 'one'),
      'noticed/hello.yaml': noticeHook('hello', 'PostSync', '#deploys', 'it is live'),
    })
    await beginByHand(scene, 'noticed')
    const over = await whenOver(kube, 'noticed')
    expect(resultsOf(over)).toContain('PostSync ConfigMap hello Succeeded')
    expect(over.status?.operationState?.syncResult.resources.at(-1)?.message).toBe(
      'nobody was told: Slack is not set up (SLACK_BOT_TOKEN and SLACK_CHANNEL)',
    )
    expect(await isThere(kube, config('hello'))).toBe(false)
    await repository.push({
      'noticed/config.yaml': configMap('noticed', 'two'),
      'noticed/hello.yaml': noticeHook('hello', 'PostSync', '#deploys', ''),
    })
    await operate(kube, 'noticed', { revision: 'main' })
    const refused = await eventually(
      () => whenOver(kube, 'noticed'),
      ({ status }) => status?.operationState?.phase === 'Failed',
    )
    expect(refused.status?.operationState?.message).toContain(
      `ConfigMap ${namespace}/hello: it says nothing; give its text`,
    )
    expect(await kube.request('GET', config('noticed'))).toMatchObject({ data: { value: 'one' } })
  })

  it('whose PostSync hook failed is retried with its hooks, though everything is applied by then (SYNC-26)', async () => {
    const { kube, repository } = scene
    await repository.push({
      'late/after.yaml': hookJob('late', 'PostSync', { simulate: 'fail' }),
      'late/config.yaml': configMap('late', 'one'),
    })
    const retry = { limit: 1, backoff: { duration: '1s' } }
    await scene.create('late', { path: 'late', spec: { syncPolicy: { automated: {}, retry } } })
    const over = await whenApplication(
      kube,
      'late',
      ({ operationState: state }) => state?.phase === 'Failed' && state.retryCount === 1,
    )
    expect(resultsOf(over)).toEqual(['PostSync Job late Failed'])
    expect(over.status?.sync?.status).toBe('Synced')
  })

  it('is terminated in the middle of a hook, which is deleted (SYNC-25)', async () => {
    const { kube, repository } = scene
    await repository.push({
      'endless/before.yaml': hookJob('endless', 'PreSync', { runtime: '10m' }),
      'endless/config.yaml': configMap('endless', 'one'),
    })
    await beginByHand(scene, 'endless')
    await whenInHook(kube, 'endless', 'PreSync')
    await terminate(kube, 'endless')
    const over = await whenOver(kube, 'endless')
    expect(over.status?.operationState).toMatchObject({
      phase: 'Failed',
      message: 'Operation terminated',
    })
    await whenGone(kube, job('endless'))
    expect(await isThere(kube, config('endless'))).toBe(false)
  })
})
