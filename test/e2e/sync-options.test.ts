import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  configMap,
  isDeployed,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createNamespace, type KubeObject } from '../harness/kube.ts'
import { beginByHand, operate, whenOver } from '../harness/operation.ts'
import { isThere, whenGone, whenThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-sync-options'
let scene: Scene

const config = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
const job = (name: string) => `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
const automated = (...syncOptions: readonly string[]) => ({
  syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions },
})
const jobText = (name: string, image: string, options = '') =>
  JSON.stringify({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, annotations: { 'argocd.argoproj.io/sync-options': options } },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image }] } },
    },
  })
const annotated = (name: string, annotations: object) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, annotations } })
type Data = KubeObject & { readonly data: Readonly<Record<string, string>> }

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})
afterAll(() => scene.close())

describe('a changed Job', () => {
  it('is refused in the plan, with the remedy, and made anew by a sync that forces (SYNC-20)', async () => {
    const { repository, kube } = scene
    await repository.push({
      'fixed/a.yaml': configMap('fixed', 'one'),
      'fixed/job.yaml': jobText('fixed', 'busybox:1'),
    })
    await beginByHand(scene, 'fixed')
    await whenOver(kube, 'fixed')
    await scene.push({
      'fixed/a.yaml': configMap('fixed', 'two'),
      'fixed/job.yaml': jobText('fixed', 'busybox:2'),
    })
    await whenApplication(kube, 'fixed', ({ sync }) => sync?.status === 'OutOfSync')
    await operate(kube, 'fixed')
    const { status } = await whenOver(kube, 'fixed')
    expect(status?.operationState?.phase).toBe('Failed')
    expect(status?.operationState?.message).toMatch(/immutable.*Replace=true,Force=true/)
    expect((await kube.request<Data>('GET', config('fixed'))).data).toEqual({ value: 'one' })
    await operate(kube, 'fixed', { syncStrategy: { hook: { force: true } } })
    const forced = await whenOver(kube, 'fixed')
    expect(forced.status?.operationState?.phase).toBe('Succeeded')
    expect((await kube.request<Data>('GET', config('fixed'))).data).toEqual({ value: 'two' })
  })

  it('is made anew with Replace=true,Force=true and runs again (OPT-11)', async () => {
    const { kube, create, push } = scene
    const again = (image: string) => ({
      'again/job.yaml': jobText('again', image, 'Replace=true,Force=true'),
    })
    const first = await push(again('busybox:1'))
    await create('made-anew', { path: 'again' })
    await whenApplication(kube, 'made-anew', isDeployed(first))
    const before = await whenThere(kube, job('again'))
    const second = await push(again('busybox:2'))
    await whenApplication(kube, 'made-anew', isDeployed(second))
    const after = await whenThere(kube, job('again'))
    expect(after.metadata.uid).not.toBe(before.metadata.uid)
    expect(after).toMatchObject({ status: { succeeded: 1 } })
  })
})

describe('Replace=true', () => {
  it('removes what nobody declares, and the object stays Synced (OPT-10)', async () => {
    const { kube, create, push } = scene
    const first = await push({ 'replaced/a.yaml': configMap('replaced', 'one') })
    await create('put-in-place', { path: 'replaced', spec: automated('Replace=true') })
    await whenApplication(kube, 'put-in-place', isDeployed(first))
    await kube.patch(config('replaced'), { data: { stranger: 'stays with an apply' } })
    const second = await push({ 'replaced/a.yaml': configMap('replaced', 'two') })
    await whenApplication(kube, 'put-in-place', isDeployed(second))
    expect((await kube.request<Data>('GET', config('replaced'))).data).toEqual({ value: 'two' })
  })
})

describe('PruneLast=true', () => {
  it('prunes after the other waves are healthy (OPT-09)', async () => {
    const { kube, create, push } = scene
    const first = await push({ 'last/old.yaml': configMap('last-old', 'one') })
    await create('last', { path: 'last', spec: automated('PruneLast=true') })
    await whenApplication(kube, 'last', isDeployed(first))
    await push({ 'last/old.yaml': null, 'last/new.yaml': jobText('last-new', 'busybox:1') })
    await whenThere(kube, job('last-new'))
    await whenGone(kube, config('last-old'))
    expect(await kube.request('GET', job('last-new'))).toMatchObject({ status: { succeeded: 1 } })
  })
})

describe('Prune=false and Delete=false', () => {
  it('keep objects that are declared no more, and those of an Application that goes (OPT-01, OPT-03)', async () => {
    const { kube, create, push } = scene
    const kept = (name: string, options: string) =>
      annotated(name, { 'argocd.argoproj.io/sync-options': options })
    const first = await push({
      'kept/a.yaml': kept('kept-undeclared', 'Prune=false'),
      'kept/b.yaml': kept('kept-not', 'Delete=true'),
      'kept/c.yaml': configMap('kept-declared', 'one'),
    })
    await create('keeping', { path: 'kept', spec: automated('Delete=false') })
    await whenApplication(kube, 'keeping', isDeployed(first))
    await push({ 'kept/a.yaml': null })
    const { status } = await whenApplication(
      kube,
      'keeping',
      ({ sync, operationState }) =>
        sync?.status === 'OutOfSync' && operationState?.phase === 'Succeeded',
    )
    expect(status?.operationState?.syncResult.resources).toContainEqual(
      expect.objectContaining({ status: 'PruneSkipped', message: 'ignored (no prune)' }),
    )
    await kube.request('DELETE', `${applicationsPath}/keeping`)
    await whenGone(kube, `${applicationsPath}/keeping`)
    const names = ['kept-undeclared', 'kept-not', 'kept-declared']
    const left = await Promise.all(names.map((name) => isThere(kube, config(name))))
    expect(left).toEqual([true, false, true])
  })
})

describe('FailOnSharedResource=true', () => {
  it('refuses an object of another application, warns of it, and writes nothing (OPT-14, SYNC-31)', async () => {
    const { kube, create, push } = scene
    const first = await push({
      'owner/a.yaml': configMap('common', 'of the owner'),
      'sharer/a.yaml': configMap('sharer-own', 'one'),
      'sharer/b.yaml': configMap('common', 'of the sharer'),
    })
    await create('owner', { path: 'owner' })
    await whenApplication(kube, 'owner', isDeployed(first))
    await create('sharer', { path: 'sharer', spec: automated('FailOnSharedResource=true') })
    const { status } = await whenApplication(
      kube,
      'sharer',
      ({ operationState }) => operationState?.phase === 'Failed',
    )
    expect(status?.operationState?.message).toMatch(/Shared resource found.*owner/)
    expect(status?.driftless?.failure?.cause).toBe('conflict')
    const conditions = status?.conditions?.map(({ type }) => type)
    expect(conditions).toContain('SharedResourceWarning')
    expect(await isThere(kube, config('sharer-own'))).toBe(false)
    expect((await kube.request<Data>('GET', config('common'))).data).toEqual({
      value: 'of the owner',
    })
  })
})

describe('SkipDryRunOnMissingResource=true', () => {
  it('lets the other objects bring the kind, here by a CRD of an earlier sync wave (OPT-06)', async () => {
    const { kube, create, push } = scene
    await push({
      'skipped/config.yaml': configMap('skipped', 'one'),
      'skipped/later.yaml': JSON.stringify({
        apiVersion: 'later.example.com/v1',
        kind: 'Later',
        metadata: {
          name: 'skipped',
          annotations: {
            'argocd.argoproj.io/sync-wave': '1',
            'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true',
          },
        },
      }),
    })
    await create('skipped', { path: 'skipped' })
    // the first wave goes in; only the apply of the unknown kind fails, and says so
    await whenThere(kube, config('skipped'))
    const { status } = await whenApplication(
      kube,
      'skipped',
      ({ driftless }) => driftless?.failure !== undefined,
    )
    expect(status?.driftless?.failure?.cause).toBe('unknown-kind')
  })
})

describe('CreateNamespace=true with managedNamespaceMetadata', () => {
  it('keeps labels and annotations of the namespace as declared, and leaves it when the Application goes (SYNCP-08, OPT-16)', async () => {
    const { kube, create, push } = scene
    const made = 'e2e-managed-namespace'
    const path = `/api/v1/namespaces/${made}`
    const spec = (team: string) => ({
      destination: { server: 'https://kubernetes.default.svc', namespace: made },
      syncPolicy: {
        ...automated('CreateNamespace=true').syncPolicy,
        managedNamespaceMetadata: { labels: { team }, annotations: { owner: 'kim' } },
      },
    })
    const head = await push({ 'managed/a.yaml': configMap('managed', 'one') })
    await create('managed-namespace', { path: 'managed', spec: spec('a') })
    await whenApplication(kube, 'managed-namespace', isDeployed(head))
    const { metadata } = await kube.request('GET', path)
    expect(metadata.labels).toMatchObject({ team: 'a' })
    expect(metadata.annotations).toEqual({ owner: 'kim' })
    await kube.patch(`${applicationsPath}/managed-namespace`, { spec: spec('b') })
    await eventually(
      () => kube.request('GET', path),
      (namespace) => namespace.metadata.labels?.team === 'b',
    )
    await kube.patch(path, { metadata: { labels: { team: 'by-hand' } } })
    await refreshed(kube, 'managed-namespace')
    await eventually(
      () => kube.request('GET', path),
      (namespace) => namespace.metadata.labels?.team === 'b',
    )
    await kube.request('DELETE', `${applicationsPath}/managed-namespace`)
    await whenGone(kube, `${applicationsPath}/managed-namespace`)
    expect((await kube.request('GET', path)).metadata.deletionTimestamp).toBeUndefined()
  })
})

describe('compare-options: IgnoreExtraneous', () => {
  it('leaves the Application Synced when the object is declared no more, until something else is synced (AUTO-18)', async () => {
    const { kube, create, push } = scene
    const extra = annotated('extra', { 'argocd.argoproj.io/compare-options': 'IgnoreExtraneous' })
    const main = configMap('main', 'one')
    const first = await push({ 'extra/main.yaml': main, 'extra/extra.yaml': extra })
    await create('extraneous', { path: 'extra', spec: automated() })
    await whenApplication(kube, 'extraneous', isDeployed(first))
    const second = await push({ 'extra/main.yaml': main, 'extra/extra.yaml': '' })
    const { status } = await whenApplication(kube, 'extraneous', isDeployed(second))
    expect(status?.resources).toContainEqual(
      expect.objectContaining({ name: 'extra', status: 'OutOfSync', requiresPruning: true }),
    )
    expect(await isThere(kube, config('extra'))).toBe(true)
    const third = await push({ 'extra/main.yaml': configMap('main', 'two') })
    await whenApplication(kube, 'extraneous', isDeployed(third))
    await whenGone(kube, config('extra'))
  })
})
