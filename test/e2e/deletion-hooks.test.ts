import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  configMap,
  isDeployed,
  type LiveApplication,
  whenApplication,
} from '../harness/application.ts'
import { auditedWrites } from '../harness/audit.ts'
import { createScratchRepository } from '../harness/git.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere, whenGone, whenThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-deletion-hooks'
let scene: Scene

const job = (name: string) => `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`
const config = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
const pathOf = (name: string) => `${applicationsPath}/${name}`
const remove = (name: string) => scene.kube.request('DELETE', pathOf(name))
const deletionError = ({ status }: LiveApplication) =>
  status?.conditions?.find(({ type }) => type === 'DeletionError')?.message
const whenItFails = (name: string) =>
  whenApplication(scene.kube, name, ({ conditions = [] }) =>
    conditions.some(({ type }) => type === 'DeletionError'),
  )

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
})
afterAll(() => scene.close())

describe('the hooks of a deletion', () => {
  it('run before the first and after the last resource goes, also while Git is away (HOOK-14, HOOK-15)', async () => {
    const repository = await createScratchRepository('guarded')
    const { kube } = scene
    const head = await repository.push({
      'guarded/backup.yaml': hookJob('backup', 'PreDelete', { runtime: '1s' }),
      'guarded/config.yaml': configMap('guarded', 'one'),
      'guarded/report.yaml': hookJob('report', 'PostDelete', { policy: 'HookSucceeded' }),
    })
    const source = { repoURL: repository.url, path: 'guarded', targetRevision: 'HEAD' }
    await scene.create('guarded', { spec: { source } })
    const { metadata } = await whenApplication(kube, 'guarded', isDeployed(head))
    expect(metadata.finalizers).toContain('pre-delete-finalizer.argocd.argoproj.io')
    expect(metadata.finalizers).toContain('post-delete-finalizer.argocd.argoproj.io/cleanup')
    expect(await isThere(kube, job('backup'))).toBe(false)
    await repository.close()
    await remove('guarded')
    await whenGone(kube, pathOf('guarded'))
    const order = auditedWrites(inject('stackDir'), namespace)
      .filter(({ code, verb }) => code === 201 || verb === 'delete')
      .map(({ verb, name }) => `${verb === 'delete' ? 'delete' : 'create'} ${name}`)
    const turns = ['create guarded', 'create backup', 'delete guarded', 'create report']
    expect(order.filter((write) => turns.includes(write))).toEqual(turns)
    await whenGone(kube, job('report'))
  })

  it('keep the resources when they fail, say why, and can be given up (HOOK-14)', async () => {
    const { kube } = scene
    const head = await scene.push({
      'kept/backup.yaml': hookJob('kept-backup', 'PreDelete', { simulate: 'fail' }),
      'kept/config.yaml': configMap('kept', 'one'),
    })
    await scene.create('kept', { path: 'kept' })
    await whenApplication(kube, 'kept', isDeployed(head))
    await remove('kept')
    const held = await whenItFails('kept')
    expect(deletionError(held)).toContain(
      `PreDelete hooks failed, so nothing is deleted: Job ${namespace}/kept-backup`,
    )
    expect(await isThere(kube, config('kept'))).toBe(true)
    const finalizers = held.metadata.finalizers?.filter((name) => !name.startsWith('pre-delete'))
    await kube.patch(pathOf('kept'), { metadata: { finalizers } })
    await whenGone(kube, pathOf('kept'))
    expect(await isThere(kube, config('kept'))).toBe(false)
  })

  it('can be given up in their middle', async () => {
    const { kube } = scene
    const head = await scene.push({
      'endless-end/backup.yaml': hookJob('endless-backup', 'PreDelete', { runtime: '10m' }),
      'endless-end/config.yaml': configMap('endless-end', 'one'),
    })
    await scene.create('endless-end', { path: 'endless-end' })
    const { metadata } = await whenApplication(kube, 'endless-end', isDeployed(head))
    await remove('endless-end')
    await whenThere(kube, job('endless-backup'))
    const finalizers = metadata.finalizers?.filter((name) => !name.startsWith('pre-delete'))
    await kube.patch(pathOf('endless-end'), { metadata: { finalizers } })
    await whenGone(kube, pathOf('endless-end'))
    await whenGone(kube, job('endless-backup'))
  })

  it('hold the deletion up when nobody can say which they are', async () => {
    const { kube } = scene
    const source = { repoURL: 'http://127.0.0.1:9/away.git', path: '.', targetRevision: 'HEAD' }
    await scene.create('unknown-hooks', { spec: { source } })
    const finalizers = ['pre-delete-finalizer.argocd.argoproj.io']
    await kube.patch(pathOf('unknown-hooks'), { metadata: { finalizers } })
    await remove('unknown-hooks')
    expect(deletionError(await whenItFails('unknown-hooks'))).toContain(
      'the hooks of the deletion are not known, so nothing is deleted',
    )
    await kube.patch(pathOf('unknown-hooks'), { metadata: { finalizers: null } })
    await whenGone(kube, pathOf('unknown-hooks'))
  })
})
