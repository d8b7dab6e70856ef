import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ApplicationStatus } from '../../core/status/status.ts'
import {
  applicationsPath,
  configMap,
  isSynced,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { beginByHand, operate, whenOver } from '../harness/operation.ts'
import { isThere, whenThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-sync-by-hand'
let scene: Scene

const isWell = ({ health }: ApplicationStatus) => health?.status === 'Healthy'

type AvailableCondition = { readonly type: string; readonly lastTransitionTime: string }
type Available = { readonly status: { readonly conditions: readonly AvailableCondition[] } }

const config = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
/** A Deployment whose pods take this long. */
const wave = (name: string, number: number, delay: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  annotations: {argocd.argoproj.io/sync-wave: "${number}"}\nspec:\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}, annotations: {driftless.dev/simulate-delay: "${delay}"}}\n    spec: {containers: [{name: c, image: "nginx:1"}]}\n`
/** How the first sync of the folder with this name ended. */
const syncOf = async (name: string, sync: object = {}) => {
  await beginByHand(scene, name, sync)
  return (await whenOver(scene.kube, name)).status
}

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})
afterAll(() => scene.close())

describe('a sync by hand', () => {
  it('tells all refusals of a plan together and writes nothing (SYNC-09, design §7)', async () => {
    const bad = (name: string) =>
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  annotations: {argocd.argoproj.io/sync-wave: "1"}\nspec: {ports: [{port: 99999}]}\n`
    await scene.repository.push({
      'refused/a.yaml': bad('bad-a'),
      'refused/b.yaml': bad('bad-b'),
      'refused/config.yaml': configMap('refused', 'one'),
    })
    const status = await syncOf('refused')
    expect(status?.operationState?.message).toMatch(/\(dry run\).*bad-a.*bad-b/s)
    expect(status?.driftless?.failure?.cause).toBe('admission')
    expect(await isThere(scene.kube, config('refused'))).toBe(false)
  })

  it('tries everything and writes nothing as a dry run (SYNC-21)', async () => {
    await scene.repository.push({ 'dry/config.yaml': configMap('dry', 'one') })
    const status = await syncOf('dry', { dryRun: true })
    expect(status?.operationState).toMatchObject({ phase: 'Succeeded' })
    expect(status?.history ?? []).toEqual([])
    expect(await isThere(scene.kube, config('dry'))).toBe(false)
  })

  it('syncs only what was chosen, without hooks and without a place in the history (SYNC-17)', async () => {
    const { kube, repository } = scene
    await repository.push({
      'chosen/before.yaml': hookJob('unchosen-hook', 'PreSync'),
      'chosen/one.yaml': configMap('chosen', 'one'),
      'chosen/two.yaml': configMap('unchosen', 'one'),
    })
    const status = await syncOf('chosen', { resources: [{ kind: 'ConfigMap', name: 'chosen' }] })
    expect(status?.operationState?.phase).toBe('Succeeded')
    expect(await isThere(kube, config('chosen'))).toBe(true)
    expect(await isThere(kube, config('unchosen'))).toBe(false)
    const hook = `/apis/batch/v1/namespaces/${namespace}/jobs/unchosen-hook`
    expect(await isThere(kube, hook)).toBe(false)
    expect(status?.history ?? []).toEqual([])
  })

  it('applies on the client’s side what server-side apply refuses, once that is asked for (OPT-12)', async () => {
    const { kube, repository } = scene
    const twice = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: twice}\nspec:\n  selector: {matchLabels: {app: twice}}\n  template:\n    metadata: {labels: {app: twice}}\n    spec: {containers: [{name: c, image: "nginx:1", env: [{name: A, value: "1"}, {name: A, value: "2"}]}]}\n`
    await repository.push({ 'twice/web.yaml': twice })
    const refused = await syncOf('twice')
    expect(refused?.operationState?.message).toMatch(
      /env: duplicate entries.*ServerSideApply=false/,
    )
    const syncPolicy = { automated: {}, syncOptions: ['ServerSideApply=false'] }
    await kube.patch(`${applicationsPath}/twice`, { spec: { syncPolicy } })
    await whenApplication(kube, 'twice', (status) => isSynced(status) && isWell(status))
    const { status } = await refreshed(kube, 'twice', 'hard')
    expect(status?.sync?.status).toBe('Synced')
    expect(status?.conditions ?? []).toEqual([])
  })

  it('fails when an object vanishes that it waits for (SYNC-14)', async () => {
    const { kube, repository } = scene
    await repository.push({ 'vanished/web.yaml': wave('vanished', 0, '10m') })
    await beginByHand(scene, 'vanished')
    const path = `/apis/apps/v1/namespaces/${namespace}/deployments/vanished`
    await whenThere(kube, path)
    await kube.request('DELETE', path)
    const { status } = await whenOver(kube, 'vanished')
    expect(status?.operationState).toMatchObject({
      phase: 'Failed',
      message: expect.stringContaining('vanished is Missing: it might have been deleted'),
    })
  })

  it('waits for the end of what it prunes before the next wave (SYNC-15)', async () => {
    const { kube, repository } = scene
    const later = { 'argocd.argoproj.io/sync-wave': '1' }
    await repository.push({ 'slow-prune/old.yaml': configMap('held-old', 'one') })
    expect((await syncOf('slow-prune'))?.operationState?.phase).toBe('Succeeded')
    await kube.patch(config('held-old'), { metadata: { finalizers: ['e2e.dev/hold'] } })
    const metadata = { name: 'held-new', annotations: later }
    const added = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata })
    await repository.push({ 'slow-prune/old.yaml': null, 'slow-prune/new.yaml': added })
    await operate(kube, 'slow-prune', { prune: true, revision: 'main' })
    await eventually(
      () => kube.request('GET', config('held-old')),
      (old) => old.metadata.deletionTimestamp !== undefined,
    )
    await whenApplication(kube, 'slow-prune', ({ operationState }) =>
      Boolean(operationState?.message.includes('held-old is Progressing: Pending deletion')),
    )
    expect(await isThere(kube, config('held-new'))).toBe(false)
    await kube.patch(config('held-old'), { metadata: { finalizers: null } })
    expect((await whenOver(kube, 'slow-prune')).status?.operationState?.phase).toBe('Succeeded')
    expect(await isThere(kube, config('held-new'))).toBe(true)
  })

  it('begins a wave when the one before is healthy (SYNC-04)', async () => {
    await scene.repository.push({
      'waves/a.yaml': wave('wave-a', 0, '2s'),
      'waves/b.yaml': wave('wave-b', 1, '0s'),
    })
    const status = await syncOf('waves')
    expect(status?.operationState?.phase).toBe('Succeeded')
    const [a, b] = await Promise.all(
      ['wave-a', 'wave-b'].map((name) =>
        scene.kube.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`),
      ),
    )
    const { conditions } = (a as unknown as Available).status
    const available = conditions.find(({ type }) => type === 'Available')
    expect(Date.parse(b?.metadata.creationTimestamp ?? '')).toBeGreaterThanOrEqual(
      Date.parse(available?.lastTransitionTime ?? 'never'),
    )
  })
})
