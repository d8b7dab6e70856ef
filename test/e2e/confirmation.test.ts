import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationsPath,
  configMap,
  isDeployed,
  isOutOfSync,
  whenApplication,
} from '../harness/application.ts'
import { type UserCommand, userCommand } from '../harness/command.ts'
import { createNamespace } from '../harness/kube.ts'
import { beginByHand, operate, terminate, whenOver } from '../harness/operation.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-confirmation'
let scene: Scene
let driftless: UserCommand

const config = (name: string) => `/api/v1/namespaces/${namespace}/configmaps/${name}`
const pathOf = (name: string) => `${applicationsPath}/${name}`
const guarded = (name: string, option: string) =>
  configMap(name, 'one').replace(
    'metadata:\n',
    `metadata:\n  annotations: {argocd.argoproj.io/sync-options: "${option}"}\n`,
  )
const approve = (name: string, at: string) =>
  scene.kube.patch(pathOf(name), {
    metadata: { annotations: { 'argocd.argoproj.io/deletion-approved': at } },
  })
const whenItWaits = (name: string, text: string) =>
  whenApplication(
    scene.kube,
    name,
    ({ operationState, conditions = [] }) =>
      (operationState?.phase === 'Running' && operationState.message.includes(text)) ||
      conditions.some(({ type, message }) => type === 'DeletionWaiting' && message.includes(text)),
  )

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  driftless = userCommand()
  await createNamespace(scene.kube, namespace)
  await driftless('login', endpoints.api, '--password', endpoints.adminPassword)
})
afterAll(async () => {
  driftless.remove()
  await scene.close()
})

describe('a prune that is to be confirmed', () => {
  it('holds its whole wave up until a person confirms it (OPT-02, OPT-17)', async () => {
    const { kube } = scene
    await scene.repository.push({
      'asked/precious.yaml': guarded('precious', 'Prune=confirm'),
      'asked/other.yaml': configMap('asked-other', 'one'),
    })
    await beginByHand(scene, 'asked')
    await whenOver(kube, 'asked')
    await approve('asked', '2026-01-01T00:00:00Z')
    await scene.push({
      'asked/precious.yaml': null,
      'asked/other.yaml': configMap('asked-other', 'two'),
    })
    const seen = await whenApplication(kube, 'asked', isOutOfSync)
    expect(seen.status?.resources).toContainEqual(
      expect.objectContaining({ name: 'precious', requiresDeletionConfirmation: true }),
    )
    await operate(kube, 'asked', { prune: true })
    const waiting = 'waiting for pruning confirmation of'
    const { status } = await whenItWaits('asked', waiting)
    expect(status?.operationState?.message).toContain(`ConfigMap ${namespace}/precious`)
    expect(await kube.request('GET', config('asked-other'))).toMatchObject({
      data: { value: 'one' },
    })
    const { code, stdout } = await driftless('app', 'confirm-deletion', 'asked')
    expect([code, stdout]).toEqual([0, expect.stringContaining('confirmed')])
    const over = await whenOver(kube, 'asked')
    expect(over.status?.operationState?.phase).toBe('Succeeded')
    expect(await isThere(kube, config('precious'))).toBe(false)
    expect(await kube.request('GET', config('asked-other'))).toMatchObject({
      data: { value: 'two' },
    })
  })

  it('is not done when the operation is terminated, or newer work takes its place', async () => {
    const { kube } = scene
    const syncOptions = ['Prune=confirm']
    const automated = { prune: true }
    const declared = { 'spared/spared.yaml': configMap('spared', 'one') }
    const other = { 'spared/other.yaml': configMap('spared-other', 'one') }
    const first = await scene.push({ ...declared, ...other })
    await scene.create('spared', {
      path: 'spared',
      spec: { syncPolicy: { automated, syncOptions } },
    })
    await whenApplication(kube, 'spared', isDeployed(first))
    await scene.push({ 'spared/spared.yaml': null })
    await whenItWaits('spared', `ConfigMap ${namespace}/spared`)
    const second = await scene.push(declared)
    await whenApplication(kube, 'spared', isDeployed(second))
    await scene.push({ 'spared/spared.yaml': null })
    await whenItWaits('spared', `ConfigMap ${namespace}/spared`)
    await terminate(kube, 'spared')
    const { status } = await whenOver(kube, 'spared')
    expect(status?.operationState?.message).toBe('Operation terminated')
    expect(await isThere(kube, config('spared'))).toBe(true)
  })
})

describe('a deletion that is to be confirmed', () => {
  it('waits until a person confirms it after it was asked for (OPT-04, HIST-11)', async () => {
    const { kube } = scene
    const head = await scene.push({ 'vault/vault.yaml': guarded('vault', 'Delete=confirm') })
    await scene.create('vault', { path: 'vault' })
    await whenApplication(kube, 'vault', isDeployed(head))
    await approve('vault', '2026-01-01T00:00:00Z')
    await kube.request('DELETE', pathOf('vault'))
    await whenItWaits('vault', `waiting for deletion confirmation of ConfigMap ${namespace}/vault`)
    expect(await isThere(kube, config('vault'))).toBe(true)
    expect((await driftless('app', 'confirm-deletion', 'vault')).code).toBe(0)
    await whenGone(kube, pathOf('vault'))
    expect(await isThere(kube, config('vault'))).toBe(false)
  })
})
