import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ApplicationStatus } from '../../core/status/status.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { hookJob } from '../harness/hook.ts'
import { createKubeClient, type KubeClient } from '../harness/kube.ts'
import { pushWebhook } from '../harness/webhook.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-operations'
const merge = 'application/merge-patch+json'

let kube: KubeClient
let repository: ScratchRepository

type AvailableCondition = { readonly type: string; readonly lastTransitionTime: string }

const pathOf = (name: string) => `${applicationsPath}/${name}`
const create = (name: string, more: object = {}, annotations = {}) =>
  kube.request(
    'POST',
    applicationsPath,
    applicationManifest({
      name,
      repoURL: repository.url,
      namespace,
      path: name,
      annotations,
      spec: { syncPolicy: { syncOptions: ['CreateNamespace=true'] }, ...more },
    }),
  )
const operate = (name: string, sync: object, more: object = {}) =>
  kube.request(
    'PATCH',
    pathOf(name),
    { operation: { initiatedBy: { username: 'kim' }, sync, ...more } },
    merge,
  )
/** The operation that was asked for is over: its slot is free and the status says how it ended. */
const whenOver = (name: string) =>
  eventually(
    () => kube.request<LiveApplication>('GET', pathOf(name)),
    ({ operation, status }) =>
      operation === undefined && status?.operationState?.finishedAt !== undefined,
  )
const exists = async (plural: string, name: string, api = '/api/v1') =>
  (await kube.try('GET', `${api}/namespaces/${namespace}/${plural}/${name}`)).status === 200
const resultsOf = ({ status }: LiveApplication) =>
  (status?.operationState?.syncResult.resources ?? []).map(
    ({ kind, name, syncPhase, hookPhase }) => `${syncPhase} ${kind} ${name} ${hookPhase}`,
  )
const push = async (files: Record<string, string | null>) => {
  const head = await repository.push(files)
  expect((await pushWebhook(endpoints.api, await repository.lastPush())).status).toBe(200)
  return head
}

beforeAll(async () => {
  kube = createKubeClient(endpoints.kubeconfig)
  repository = await createScratchRepository()
  await repository.push({ 'README.md': 'operations' })
})

afterAll(async () => {
  await repository.close()
  await kube.close()
})

describe('a plain Argo CD Application', () => {
  it('works unchanged, and its namespace is created and belongs to nobody (SYNCP-08)', async () => {
    const head = await repository.push({ 'plain/config.yaml': configMap('plain', 'one') })
    await create('plain', {
      revisionHistoryLimit: 10,
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['CreateNamespace=true'],
      },
    })
    const { status } = await whenApplication(kube, 'plain', isDeployed(head))
    expect(status?.conditions ?? []).toEqual([])
    const { metadata } = await kube.request('GET', `/api/v1/namespaces/${namespace}`)
    expect(metadata.labels?.['driftless.dev/application']).toBeUndefined()
    expect(metadata.annotations?.['argocd.argoproj.io/tracking-id']).toBeUndefined()
  })
})

describe('a sync by hand', () => {
  it('runs hooks around the waves, clears the request and lets the hooks go (HOOK-01, HOOK-10)', async () => {
    await repository.push({
      'hooks/before.yaml': hookJob('before', 'PreSync'),
      'hooks/after.yaml': hookJob('after', 'PostSync', { policy: 'HookSucceeded' }),
      'hooks/config.yaml': configMap('hooked', 'one'),
    })
    await create('hooks')
    await whenApplication(kube, 'hooks', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('hooks', { prune: true })
    const over = await whenOver('hooks')
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
    const before = await kube.request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs/before`)
    expect(before.metadata.finalizers ?? []).not.toContain('argocd.argoproj.io/hook-finalizer')
    await eventually(
      () => exists('jobs', 'after', '/apis/batch/v1'),
      (found) => !found,
    )
    // hooks are no resources (HOOK-04)
    expect(over.status?.resources?.map(({ kind }) => kind)).toEqual(['ConfigMap'])
  })

  it('fails with the hook, before anything else is written, and runs SyncFail hooks (HOOK-11)', async () => {
    await repository.push({
      'failing/before.yaml': hookJob('failing', 'PreSync', { simulate: 'fail' }),
      'failing/sorry.yaml': hookJob('sorry', 'SyncFail'),
      'failing/config.yaml': configMap('failing', 'one'),
    })
    await create('failing')
    await whenApplication(kube, 'failing', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('failing', {})
    const over = await whenOver('failing')
    expect(over.status?.operationState?.phase).toBe('Failed')
    expect(over.status?.driftless?.failure).toMatchObject({
      cause: 'hook',
      object: `Job ${namespace}/failing`,
    })
    expect(resultsOf(over)).toEqual(['PreSync Job failing Failed', 'SyncFail Job sorry Succeeded'])
    expect(await exists('configmaps', 'failing')).toBe(false)
  })

  it('tells all refusals of a plan together and writes nothing (design §7)', async () => {
    const bad = (name: string) =>
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  annotations: {argocd.argoproj.io/sync-wave: "1"}\nspec: {ports: [{port: 99999}]}\n`
    await repository.push({
      'refused/a.yaml': bad('bad-a'),
      'refused/b.yaml': bad('bad-b'),
      'refused/config.yaml': configMap('refused', 'one'),
    })
    await create('refused')
    await whenApplication(kube, 'refused', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('refused', {})
    const { status } = await whenOver('refused')
    expect(status?.operationState?.message).toMatch(/\(dry run\).*bad-a.*bad-b/s)
    expect(status?.driftless?.failure?.cause).toBe('admission')
    expect(await exists('configmaps', 'refused')).toBe(false)
  })

  it('tries everything and writes nothing as a dry run (SYNC-21)', async () => {
    await repository.push({ 'dry/config.yaml': configMap('dry', 'one') })
    await create('dry')
    await whenApplication(kube, 'dry', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('dry', { dryRun: true })
    const { status } = await whenOver('dry')
    expect(status?.operationState).toMatchObject({ phase: 'Succeeded' })
    expect(status?.history ?? []).toEqual([])
    expect(await exists('configmaps', 'dry')).toBe(false)
  })

  it('syncs only what was chosen, without hooks and without a place in the history (SYNC-17)', async () => {
    await repository.push({
      'chosen/before.yaml': hookJob('unchosen-hook', 'PreSync'),
      'chosen/one.yaml': configMap('chosen', 'one'),
      'chosen/two.yaml': configMap('unchosen', 'one'),
    })
    await create('chosen')
    await whenApplication(kube, 'chosen', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('chosen', { resources: [{ kind: 'ConfigMap', name: 'chosen' }] })
    const { status } = await whenOver('chosen')
    expect(status?.operationState?.phase).toBe('Succeeded')
    expect(await exists('configmaps', 'chosen')).toBe(true)
    expect(await exists('configmaps', 'unchosen')).toBe(false)
    expect(await exists('jobs', 'unchosen-hook', '/apis/batch/v1')).toBe(false)
    expect(status?.history ?? []).toEqual([])
  })

  it('begins a wave when the one before is healthy (SYNC-04)', async () => {
    const wave = (name: string, number: number, delay: string) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  annotations: {argocd.argoproj.io/sync-wave: "${number}"}\nspec:\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}, annotations: {driftless.dev/simulate-delay: "${delay}"}}\n    spec: {containers: [{name: c, image: "nginx:1"}]}\n`
    await repository.push({
      'waves/a.yaml': wave('wave-a', 0, '2s'),
      'waves/b.yaml': wave('wave-b', 1, '0s'),
    })
    await create('waves')
    await whenApplication(kube, 'waves', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('waves', {})
    const { status } = await whenOver('waves')
    expect(status?.operationState?.phase).toBe('Succeeded')
    const [a, b] = await Promise.all(
      ['wave-a', 'wave-b'].map((name) =>
        kube.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`),
      ),
    )
    const { conditions } = (a as unknown as { status: { conditions: AvailableCondition[] } }).status
    const available = conditions.find(({ type }) => type === 'Available')
    expect(Date.parse(b?.metadata.creationTimestamp ?? '')).toBeGreaterThanOrEqual(
      Date.parse(available?.lastTransitionTime ?? 'never'),
    )
  })

  it('is terminated in the middle of a hook, which is deleted (SYNC-25)', async () => {
    await repository.push({
      'endless/before.yaml': hookJob('endless', 'PreSync', { runtime: '10m' }),
      'endless/config.yaml': configMap('endless', 'one'),
    })
    await create('endless')
    await whenApplication(kube, 'endless', ({ sync }) => sync?.status === 'OutOfSync')
    await operate('endless', {})
    await whenApplication(
      kube,
      'endless',
      ({ operationState }) => operationState?.message.includes('PreSync hook') === true,
    )
    await kube.request(
      'PATCH',
      pathOf('endless'),
      { status: { operationState: { phase: 'Terminating' } } },
      merge,
    )
    const over = await whenOver('endless')
    expect(over.status?.operationState).toMatchObject({
      phase: 'Failed',
      message: 'Operation terminated',
    })
    await eventually(
      () => exists('jobs', 'endless', '/apis/batch/v1'),
      (found) => !found,
    )
    expect(await exists('configmaps', 'endless')).toBe(false)
  })
})

describe('a rollback', () => {
  it('sticks while automated sync is on, until Git shows something newer (design §8)', async () => {
    const live = async () =>
      (await kube.request('GET', `/api/v1/namespaces/${namespace}/configmaps/rolled`)).data
    const one = await push({ 'rolled/config.yaml': configMap('rolled', 'one') })
    await create('rolled', {
      syncPolicy: { automated: { selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
    })
    await whenApplication(kube, 'rolled', isDeployed(one))
    const two = await push({ 'rolled/config.yaml': configMap('rolled', 'two') })
    const { status } = await whenApplication(kube, 'rolled', isDeployed(two))
    const entry = status?.history?.[0]
    await operate(
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
    const three = await push({ 'rolled/config.yaml': configMap('rolled', 'three') })
    const released = await whenApplication(kube, 'rolled', isDeployed(three))
    expect(released.status?.driftless?.hold).toBeUndefined()
    expect(await live()).toEqual({ value: 'three' })
  })
})

describe('a refresh', () => {
  it('is done when its annotation is gone (AUTO-03, AUTO-04)', async () => {
    await repository.push({ 'fresh/config.yaml': configMap('fresh', 'one') })
    await create('fresh')
    await whenApplication(kube, 'fresh', ({ sync }) => sync?.status === 'OutOfSync')
    for (const kind of ['normal', 'hard']) {
      // no webhook tells of this commit
      const head = await repository.push({ 'fresh/config.yaml': configMap('fresh', kind) })
      const annotations = { 'argocd.argoproj.io/refresh': kind }
      await kube.request('PATCH', pathOf('fresh'), { metadata: { annotations } }, merge)
      const seen = await eventually(
        () => kube.request<LiveApplication>('GET', pathOf('fresh')),
        ({ metadata }) => metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined,
      )
      expect((seen.status as ApplicationStatus).sync?.revision).toBe(head)
    }
  })
})
