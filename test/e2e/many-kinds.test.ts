import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ManagedResource } from '../../api/managed-resources.ts'
import { editOf, kindFiles, kindObjects, type WrittenObject } from '../fixtures/kinds.ts'
import {
  applicationsPath,
  type LiveApplication,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { changesByDriftless } from '../harness/audit.ts'
import { createNamespace } from '../harness/kube.ts'
import { objectPath } from '../harness/object-path.ts'
import { operate, whenOver } from '../harness/operation.ts'
import { isThere, whenGone } from '../harness/presence.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const namespace = 'e2e-many-kinds'
const name = 'many-kinds'
const { api, adminPassword } = inject('endpoints')
const stackDir = inject('stackDir')
const names = new Set(kindObjects.map(({ metadata }) => metadata.name))
let scene: Scene

const pathOf = async (object: WrittenObject) =>
  (await objectPath(scene.kube, object, namespace)).path
const outOfSync = ({ status }: LiveApplication) =>
  (status?.resources ?? [])
    .filter((resource) => resource.status !== 'Synced')
    .map((resource) => `${resource.kind}/${resource.name}`)
    .toSorted()
const sync = async () => {
  await operate(scene.kube, name)
  const over = await whenOver(scene.kube, name)
  const { phase, message } = over.status?.operationState ?? {}
  expect([phase, message]).toEqual(['Succeeded', 'successfully synced (all tasks run)'])
  return over
}
const managed = async () => {
  const login = await fetch(`${api}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password: adminPassword }),
  })
  const { token } = (await login.json()) as { token: string }
  const answer = await fetch(`${api}/api/v1/applications/${name}/managed-resources`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { items: readonly ManagedResource[] }).items
}

/** JSON pointers of the leaves in which two states differ. */
function differences(left: unknown, right: unknown, at = ''): readonly string[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return []
  const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null
  if (!isBranch(left) || !isBranch(right)) return [at]
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  return [...names].flatMap((field) =>
    differences(
      left[field as keyof typeof left],
      right[field as keyof typeof right],
      `${at}/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    ),
  )
}

beforeAll(async () => {
  scene = await openScene(inject('endpoints'), namespace)
  await createNamespace(scene.kube, namespace)
  await scene.repository.push(kindFiles)
  await scene.create(name, { spec: { syncPolicy: {} } })
  await whenApplication(scene.kube, name, (status) => status.sync?.status === 'OutOfSync')
})
afterAll(() => scene.close())

describe('over 60 objects of 40 kinds', () => {
  it('are Synced after one sync, with the CustomResourceDefinitions of some of them, and stay it through refreshes of both kinds (SYNC-13, DIFF-12)', async () => {
    expect(kindObjects.length).toBeGreaterThan(60)
    expect(outOfSync(await sync())).toEqual([])
    for (const kind of ['normal', 'hard', 'normal', 'hard'] as const) {
      const { status } = await refreshed(scene.kube, name, kind)
      expect(outOfSync({ status } as LiveApplication)).toEqual([])
      expect(status?.sync?.status).toBe('Synced')
      expect(status?.conditions ?? []).toEqual([])
    }
  })

  it('are not written by a second sync, by the audit log of the API server (OPT-07)', async () => {
    const changes = () => changesByDriftless(stackDir, namespace, names)
    const before = changes()
    expect(before.length).toBeGreaterThan(60)
    await sync()
    expect(changes().slice(before.length)).toEqual([])
  })

  it('may have what others own: replicas of an autoscaler, labels and fields of controllers', async () => {
    const { kube } = scene
    const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/scaled`
    await kube.patch(deployment, { spec: { replicas: 3 }, metadata: { labels: { team: 'blue' } } })
    await kube.patch(`/api/v1/namespaces/${namespace}/configmaps/settings`, {
      data: { other: 'x' },
    })
    await kube.patch(`/api/v1/namespaces/${namespace}/services/web`, {
      metadata: { annotations: { 'cloud/address': '10.0.0.1' } },
    })
    expect(outOfSync(await refreshed(scene.kube, name, 'hard'))).toEqual([])
  })

  it('are OutOfSync when a declared field was edited, in exactly that field', async () => {
    for (const object of kindObjects) {
      const { pointer, value } = editOf(object)
      const patch = [{ op: 'replace', path: pointer, value }]
      const type = 'application/json-patch+json'
      await scene.kube.request('PATCH', await pathOf(object), patch, type)
    }
    const edited = kindObjects.map(({ kind, metadata }) => `${kind}/${metadata.name}`).toSorted()
    expect(outOfSync(await refreshed(scene.kube, name, 'normal'))).toEqual(edited)
    const found = (await managed()).map(({ kind, name: of, ...states }) => [
      `${kind}/${of}`,
      differences(JSON.parse(states.normalizedLiveState), JSON.parse(states.predictedLiveState)),
    ])
    const expected = kindObjects.map((object) => [
      `${object.kind}/${object.metadata.name}`,
      [editOf(object).pointer],
    ])
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
  })

  it('are what was declared again after a sync', async () => {
    expect(outOfSync(await sync())).toEqual([])
    expect(outOfSync(await refreshed(scene.kube, name, 'hard'))).toEqual([])
  })

  it('are gone with the Application, but for the CustomResourceDefinitions (TRACK-07)', async () => {
    const { kube } = scene
    const paths = await Promise.all(
      kindObjects.map(async (object) => ({ object, path: await pathOf(object) })),
    )
    await kube.request('DELETE', `${applicationsPath}/${name}`)
    await whenGone(kube, `${applicationsPath}/${name}`)
    for (const { object, path } of paths) {
      const isKept = object.kind === 'CustomResourceDefinition'
      expect([path, await isThere(kube, path)]).toEqual([path, isKept])
      if (isKept) await kube.request('DELETE', path)
    }
  })
})
