import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import type { LiveApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { isThere } from '../harness/presence.ts'
import { shopApplication } from './shop-application.ts'

const finalizer = 'resources-finalizer.argocd.argoproj.io'
const path = '/api/v1/applications'

let api: TestApi

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-application-changes')
})
afterAll(() => api.stop())

const create = (name: string) => api.call<LiveApplication>('POST', path, shopApplication(name))

describe('changing an application (API-03)', () => {
  beforeAll(() => create('changed'))

  it('replaces the spec, also fields that are left out', async () => {
    const { spec } = shopApplication('changed', { revisionHistoryLimit: 5 })
    await api.call('PUT', `${path}/changed/spec`, spec)
    const { syncPolicy: _, ...rest } = spec
    expect((await api.call('PUT', `${path}/changed/spec`, rest)).body).toEqual(rest)
    expect((await api.stored('changed')).spec).toEqual(rest)
  })

  it('replaces labels and annotations with the spec', async () => {
    const wanted = shopApplication('changed')
    const metadata = { ...wanted.metadata, labels: { team: 'bank' } }
    await api.call('PUT', `${path}/changed`, { ...wanted, metadata })
    expect((await api.stored('changed')).metadata.labels).toEqual({ team: 'bank' })
    await api.call('PUT', `${path}/changed`, wanted)
    expect((await api.stored('changed')).metadata.labels).toBeUndefined()
  })

  it('patches by merge patch and by JSON patch, and touches nothing but what is declared', async () => {
    const merge = JSON.stringify({
      spec: { revisionHistoryLimit: 7 },
      status: { reconciledAt: '2026-01-01T00:00:00Z' },
    })
    await api.call('PATCH', `${path}/changed`, { patch: merge, patchType: 'merge' })
    const json = JSON.stringify([{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }])
    const { status } = await api.call('PATCH', `${path}/changed`, {
      patch: json,
      patchType: 'json',
    })
    expect(status).toBe(200)
    const after = await api.stored('changed')
    expect(after.spec.revisionHistoryLimit).toBe(7)
    expect(after.metadata.labels).toEqual({ a: 'b' })
    expect(after.status).toBeUndefined()
  })

  it('keeps the status and a running operation', async () => {
    const status = { operationState: { phase: 'Running', operation: {} } }
    await api.patch('changed', { status })
    await api.call(
      'PUT',
      `${path}/changed`,
      shopApplication('changed', { revisionHistoryLimit: 9 }),
    )
    const after = await api.stored('changed')
    expect(after.status).toEqual(status)
    expect(after.spec.revisionHistoryLimit).toBe(9)
  })

  it.each([
    ['{', 'merge', 400],
    ['[{"op":"test","path":"/spec/project","value":"other"}]', 'json', 400],
    ['{"spec":{"project":"none"}}', 'merge', 400],
    ['{}', 'strategic', 400],
  ])('refuses the patch %s (%s)', async (patch, patchType, expected) => {
    const { status } = await api.call('PATCH', `${path}/changed`, { patch, patchType })
    expect(status).toBe(expected)
  })
})

describe('refreshing (API-05)', () => {
  it('waits until the engine has taken the annotation away', async () => {
    await create('refreshed')
    const answer = api.call<LiveApplication>('GET', `${path}/refreshed?refresh=hard`)
    const { metadata } = await eventually(
      () => api.stored('refreshed'),
      (found) => found.metadata.annotations?.['argocd.argoproj.io/refresh'] !== undefined,
    )
    expect(metadata.annotations?.['argocd.argoproj.io/refresh']).toBe('hard')
    const annotations = { 'argocd.argoproj.io/refresh': null }
    const done = { metadata: { annotations }, status: { reconciledAt: '2026-01-01T00:00:00Z' } }
    await api.patch('refreshed', done)
    const { status, body } = await answer
    expect(status).toBe(200)
    expect(body.status?.reconciledAt).toBe('2026-01-01T00:00:00Z')
  })
})

describe('deleting (API-04)', () => {
  const finalizersAfter = async (name: string, query: string) => {
    await create(name)
    expect((await api.call('DELETE', `${path}/${name}${query}`)).status).toBe(200)
    const { status, body } = await api.kube.try('GET', `${api.applications}/${name}`)
    return status === 404 ? 'gone' : body.metadata.finalizers
  }

  it('leaves the finalizer to the engine, which deletes the resources (HIST-05, HIST-07)', async () => {
    expect(await finalizersAfter('cascade', '')).toEqual([finalizer])
    expect((await api.stored('cascade')).metadata.deletionTimestamp).toBeDefined()
    expect((await api.call('DELETE', `${path}/cascade`)).status).toBe(200)
    expect(await finalizersAfter('background', '?propagationPolicy=background')).toEqual([
      `${finalizer}/background`,
    ])
  })

  it('takes only the Application when cascade is false (HIST-06)', async () => {
    expect(await finalizersAfter('alone', '?cascade=false')).toBe('gone')
    expect((await api.call('DELETE', `${path}/cascade?cascade=false`)).status).toBe(200)
    expect(await isThere(api.kube, `${api.applications}/cascade`)).toBe(false)
    await create('hooked')
    const finalizers = ['post-delete-finalizer.argocd.argoproj.io']
    await api.patch('hooked', { metadata: { finalizers } })
    expect((await api.call('DELETE', `${path}/hooked?cascade=false`)).status).toBe(200)
    expect(await isThere(api.kube, `${api.applications}/hooked`)).toBe(false)
  })

  it('refuses what contradicts itself', async () => {
    const query = '?cascade=false&propagationPolicy=background'
    expect((await api.call('DELETE', `${path}/changed${query}`)).status).toBe(400)
  })
})
