import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import { applicationManifest, type LiveApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'

const finalizer = 'resources-finalizer.argocd.argoproj.io'
const path = '/api/v1/applications'
type List = {
  readonly items: readonly LiveApplication[]
  readonly metadata: { readonly resourceVersion: string }
}

let api: TestApi

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-applications')
})
afterAll(() => api.stop())

const manifest = (name: string, spec: object = {}) =>
  applicationManifest({
    name,
    repoURL: 'https://git.example.com/shop.git',
    namespace: 'shop',
    spec,
  })
const create = (name: string, spec: object = {}, query = '') =>
  api.call<LiveApplication>('POST', `${path}${query}`, manifest(name, spec))
const stored = (name: string) =>
  api.kube.request<LiveApplication & { readonly spec: Record<string, unknown> }>(
    ...(['GET', `${api.applications}/${name}`] as const),
  )
const names = async (query: string) => {
  const { body } = await api.call<List>('GET', `${path}?${query}`)
  return body.items.map(({ metadata }) => metadata.name)
}

describe('creating an application (API-02)', () => {
  it('brings it into the cluster, as it was sent', async () => {
    const { status, body } = await create('created')
    expect(status).toBe(200)
    expect(body.metadata.namespace).toBe(api.namespace)
    const { spec, metadata } = await stored('created')
    expect(spec).toEqual(manifest('created').spec)
    expect(metadata.finalizers).toEqual([finalizer])
  })

  it('gives what is there when the same is created again', async () => {
    const { body } = await create('created')
    expect(body.metadata.uid).toBe((await stored('created')).metadata.uid)
  })

  it('refuses another spec for the same name, unless upsert is set', async () => {
    const other = { project: 'default', revisionHistoryLimit: 3 }
    const refused = await create('created', other)
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({
      error: 'InvalidSpecError',
      code: 3,
      message: 'existing application spec is different, use upsert flag to force update',
    })
    expect((await create('created', other, '?upsert=true')).status).toBe(200)
    expect((await stored('created')).spec.revisionHistoryLimit).toBe(3)
  })

  it.each([
    [
      'a project that is not there',
      { project: 'none' },
      'spec.project: there is no AppProject none',
    ],
    [
      'an unknown cluster',
      { destination: { server: 'https://other:6443', namespace: 'x' } },
      'spec.destination',
    ],
    ['a malformed field', { revisionHistoryLimit: 'many' }, 'spec.revisionHistoryLimit'],
  ])('refuses %s and says where', async (_, spec, message) => {
    const { status, body } = await create('refused', spec)
    expect(status).toBe(400)
    expect(body).toMatchObject({ message: expect.stringContaining(message) })
    expect((await api.kube.try('GET', `${api.applications}/refused`)).status).toBe(404)
  })

  it('takes what the surroundings do not permit yet with validate=false', async () => {
    expect((await create('early', { project: 'later' }, '?validate=false')).status).toBe(200)
  })

  it.each(['..', '../secrets', 'Shop', 'a/b', ''])('refuses the name %j', async (name) => {
    expect((await create(name)).status).toBe(400)
  })

  it('never takes status or operation from the sender', async () => {
    const body = {
      ...manifest('plain'),
      status: { sync: { status: 'Synced' } },
      operation: { sync: {} },
    }
    await api.call('POST', path, body)
    const { status, operation } = await stored('plain')
    expect([status, operation]).toEqual([undefined, undefined])
  })
})

describe('listing applications (API-01)', () => {
  beforeAll(async () => {
    const labelled = manifest('labelled')
    await api.call('POST', path, {
      ...labelled,
      metadata: { ...labelled.metadata, labels: { team: 'shop', tier: 'web' } },
    })
    await eventually(
      () => names(''),
      (found) => found.includes('labelled'),
    )
  })

  it('filters by name, project, selector and repository', async () => {
    expect(await names('name=labelled')).toEqual(['labelled'])
    expect(await names('selector=team%3Dshop,tier%20in%20(web)')).toEqual(['labelled'])
    expect(await names('project=later')).toEqual(['early'])
    expect(await names('projects=later&projects=none')).toEqual(['early'])
    expect(await names('repo=https://git.example.com/shop')).toContain('labelled')
    expect(await names('repo=https://git.example.com/other')).toEqual([])
  })

  it('refuses a selector that cannot be read', async () => {
    expect((await api.call('GET', `${path}?selector=a%20b`)).status).toBe(400)
  })

  it('leaves the book-keeping of the server out', async () => {
    const { body } = await api.call<LiveApplication>('GET', `${path}/labelled`)
    expect(body.metadata).not.toHaveProperty('managedFields')
  })

  it('says 404 for one that is not there, or in another project', async () => {
    expect((await api.call('GET', `${path}/none`)).status).toBe(404)
    expect((await api.call('GET', `${path}/labelled?project=later`)).status).toBe(404)
    expect((await api.call('GET', `${path}/labelled?project=default`)).status).toBe(200)
  })
})

describe('changing an application (API-03)', () => {
  beforeAll(() => create('changed'))

  it('replaces the spec, also fields that are left out', async () => {
    const { spec } = manifest('changed', { revisionHistoryLimit: 5 })
    await api.call('PUT', `${path}/changed/spec`, spec)
    const { syncPolicy: _, ...rest } = spec
    expect((await api.call('PUT', `${path}/changed/spec`, rest)).body).toEqual(rest)
    expect((await stored('changed')).spec).toEqual(rest)
  })

  it('replaces labels and annotations with the spec', async () => {
    const wanted = manifest('changed')
    const metadata = { ...wanted.metadata, labels: { team: 'bank' } }
    await api.call('PUT', `${path}/changed`, { ...wanted, metadata })
    expect((await stored('changed')).metadata.labels).toEqual({ team: 'bank' })
    await api.call('PUT', `${path}/changed`, wanted)
    expect((await stored('changed')).metadata.labels).toBeUndefined()
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
    const after = await stored('changed')
    expect(after.spec.revisionHistoryLimit).toBe(7)
    expect(after.metadata.labels).toEqual({ a: 'b' })
    expect(after.status).toBeUndefined()
  })

  it('keeps the status and a running operation', async () => {
    const status = { operationState: { phase: 'Running', operation: {} } }
    await api.kube.request(
      'PATCH',
      `${api.applications}/changed`,
      { status },
      'application/merge-patch+json',
    )
    await api.call('PUT', `${path}/changed`, manifest('changed', { revisionHistoryLimit: 9 }))
    const after = await stored('changed')
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
      () => stored('refreshed'),
      (found) => found.metadata.annotations?.['argocd.argoproj.io/refresh'] !== undefined,
    )
    expect(metadata.annotations?.['argocd.argoproj.io/refresh']).toBe('hard')
    const annotations = { 'argocd.argoproj.io/refresh': null }
    const done = { metadata: { annotations }, status: { reconciledAt: '2026-01-01T00:00:00Z' } }
    await api.kube.request(
      'PATCH',
      `${api.applications}/refreshed`,
      done,
      'application/merge-patch+json',
    )
    const { status, body } = await answer
    expect(status).toBe(200)
    expect(body.status?.reconciledAt).toBe('2026-01-01T00:00:00Z')
  })
})

describe('deleting (API-04, HIST-05 to HIST-07)', () => {
  const finalizersAfter = async (name: string, query: string) => {
    await create(name)
    expect((await api.call('DELETE', `${path}/${name}${query}`)).status).toBe(200)
    const { status, body } = await api.kube.try('GET', `${api.applications}/${name}`)
    return status === 404 ? 'gone' : body.metadata.finalizers
  }

  it('leaves the finalizer to the engine, which deletes the resources', async () => {
    expect(await finalizersAfter('cascade', '')).toEqual([finalizer])
    expect((await stored('cascade')).metadata.deletionTimestamp).toBeDefined()
    expect((await api.call('DELETE', `${path}/cascade`)).status).toBe(200)
    expect(await finalizersAfter('background', '?propagationPolicy=background')).toEqual([
      `${finalizer}/background`,
    ])
  })

  it('takes only the Application when cascade is false', async () => {
    expect(await finalizersAfter('alone', '?cascade=false')).toBe('gone')
    expect((await api.call('DELETE', `${path}/cascade?cascade=false`)).status).toBe(200)
    expect((await api.kube.try('GET', `${api.applications}/cascade`)).status).toBe(404)
  })

  it('refuses what contradicts itself', async () => {
    const query = '?cascade=false&propagationPolicy=background'
    expect((await api.call('DELETE', `${path}/labelled${query}`)).status).toBe(400)
  })
})
