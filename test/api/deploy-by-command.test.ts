import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applicationsPath, configMap, type LiveApplication } from '../harness/application.ts'
import { type UserCommand, userCommand } from '../harness/command.ts'
import { createNamespace } from '../harness/kube.ts'
import { isThere } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const namespace = 'api-deploy'
const name = 'by-command'
let scene: Scene
let driftless: UserCommand
let first = ''

const value = async () => {
  const path = `/api/v1/namespaces/${namespace}/configmaps/config`
  const { body } = await scene.kube.try<{ data?: { value?: string } }>('GET', path)
  return body.data?.value
}
const application = () => scene.kube.request<LiveApplication>('GET', `${applicationsPath}/${name}`)

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  driftless = userCommand()
  await createNamespace(scene.kube, namespace)
  first = await scene.repository.push({ 'config.yaml': configMap('config', 'one') })
  await driftless('login', endpoints.api, '--password', endpoints.adminPassword)
  const flags = ['--repo', scene.repository.url, '--dest-namespace', namespace, '--set-finalizer']
  expect((await driftless('app', 'create', name, ...flags)).code).toBe(0)
})

afterAll(async () => {
  driftless.remove()
  await scene.close()
})

describe('a deployment by command', () => {
  it('is shown by app diff before it is done, which exits 1, or 20 when it cannot tell (DIFF-15)', async () => {
    const { code, stdout } = await driftless('app', 'diff', name)
    expect(code).toBe(1)
    expect(stdout).toContain(`===== /ConfigMap ${namespace}/config ======`)
    expect(stdout).toContain('+  value: one')
    expect(await value()).toBeUndefined()
    expect((await driftless('app', 'diff', name, '--exit-code=false')).code).toBe(0)
    expect((await driftless('app', 'diff', 'nobody')).code).toBe(20)
  })

  it('is done by app sync, which waits for the end and prints what was done', async () => {
    const { code, stdout, stderr } = await driftless('app', 'sync', name, '--timeout', '60')
    expect([code, stderr]).toEqual([0, expect.stringContaining(name)])
    expect(stdout).toMatch(new RegExp(`Sync +ConfigMap +${namespace} +config +Synced`))
    expect(stdout).toContain(`${name} Succeeded`)
    expect(await value()).toBe('one')
    expect((await driftless('app', 'wait', name, '--timeout', '60')).code).toBe(0)
    expect((await driftless('app', 'diff', name)).code).toBe(0)
  })

  it('shows a new commit after a refresh, and its fields in the diff', async () => {
    await scene.repository.push({ 'config.yaml': configMap('config', 'two') })
    const { code, stdout } = await driftless('app', 'diff', name, '--refresh')
    expect(code).toBe(1)
    expect(stdout).toContain('-  value: one')
    expect(stdout).toContain('+  value: two')
    expect((await driftless('app', 'sync', name, '--timeout', '60')).code).toBe(0)
    expect(await value()).toBe('two')
  })

  it('is taken back by app rollback, by default to the deployment before', async () => {
    const history = await driftless('app', 'history', name, '-o', 'name')
    expect(history.stdout).toBe('0\n1\n')
    expect((await driftless('app', 'rollback', name, '--timeout', '60')).code).toBe(0)
    expect(await value()).toBe('one')
    expect((await application()).status?.operationState?.syncResult.revision).toBe(first)
  })

  it('that fails exits 1 and says why', async () => {
    await scene.repository.push({
      'broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: Not_Valid}\n',
    })
    const { code, stderr } = await driftless(
      'app',
      'sync',
      name,
      '--timeout',
      '60',
      '--retry-limit',
      '0',
    )
    expect([code, stderr]).toEqual([1, expect.stringMatching(/Not_Valid/)])
    const failed = await driftless('app', 'list', '--failed', '-o', 'name')
    expect([failed.code, failed.stdout]).toEqual([1, expect.stringContaining(name)])
  })

  it('has its objects in app resources and app manifests', async () => {
    expect((await driftless('app', 'resources', name)).stdout).toMatch(/ConfigMap.*config/)
    expect((await driftless('app', 'resources', name, '--tree')).stdout).toMatch(
      /ConfigMap\/config/,
    )
    const git = await driftless('app', 'manifests', name, '--revision', first)
    expect(git.stdout).toContain('value: one')
  })

  it('is synced only where the resources that are named choose something (SYNC-17)', async () => {
    const some = await driftless('app', 'sync', name, '--resource', '!:ConfigMap:Not_Valid')
    expect([some.code, some.stdout]).toEqual([0, expect.stringContaining(`${name} Succeeded`)])
    const none = await driftless('app', 'sync', name, '--resource', '!*:ConfigMap:*')
    expect([none.code, none.stderr]).toEqual([20, expect.stringContaining('chooses none')])
  })

  it('can be terminated only while something runs', async () => {
    const { code, stderr } = await driftless('app', 'terminate-op', name)
    expect([code, stderr]).toEqual([20, expect.stringMatching(/No operation is in progress/)])
  })

  it('begins anew by admin rebuild', async () => {
    const { kubeconfig: KUBECONFIG, temporal: TEMPORAL_ADDRESS } = endpoints
    const admin = userCommand({ KUBECONFIG, TEMPORAL_ADDRESS })
    expect(await admin('admin', 'rebuild', name)).toMatchObject({ code: 0, stderr: '' })
    expect((await admin('admin', 'rebuild', 'none')).code).toBe(20)
    admin.remove()
  })

  it('goes with app delete, which waits until it is gone', async () => {
    expect((await driftless('app', 'delete', name, '--wait', '--timeout', '60')).code).toBe(0)
    expect(await isThere(scene.kube, `${applicationsPath}/${name}`)).toBe(false)
    expect(await value()).toBeUndefined()
  })
})
