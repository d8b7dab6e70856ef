import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import type { LiveApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { isThere } from '../harness/presence.ts'
import { shopApplication } from './shop-application.ts'

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

const create = (name: string, spec: object = {}, query = '') =>
  api.call<LiveApplication>('POST', `${path}${query}`, shopApplication(name, spec))
const names = async (query: string) => {
  const { body } = await api.call<List>('GET', `${path}?${query}`)
  return body.items.map(({ metadata }) => metadata.name)
}

describe('creating an application (API-02)', () => {
  it('brings it into the cluster, as it was sent', async () => {
    const { status, body } = await create('created')
    expect(status).toBe(200)
    expect(body.metadata.namespace).toBe(api.namespace)
    const { spec, metadata } = await api.stored('created')
    expect(spec).toEqual(shopApplication('created').spec)
    expect(metadata.finalizers).toEqual(['resources-finalizer.argocd.argoproj.io'])
  })

  it('gives what is there when the same is created again', async () => {
    const { body } = await create('created')
    expect(body.metadata.uid).toBe((await api.stored('created')).metadata.uid)
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
    expect((await api.stored('created')).spec.revisionHistoryLimit).toBe(3)
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
    expect(await isThere(api.kube, `${api.applications}/refused`)).toBe(false)
  })

  it('takes what the surroundings do not permit yet with validate=false', async () => {
    expect((await create('early', { project: 'later' }, '?validate=false')).status).toBe(200)
  })

  it.each(['..', '../secrets', 'Shop', 'a/b', ''])('refuses the name %j', async (name) => {
    expect((await create(name)).status).toBe(400)
  })

  it('never takes status or operation from the sender', async () => {
    const body = {
      ...shopApplication('plain'),
      status: { sync: { status: 'Synced' } },
      operation: { sync: {} },
    }
    await api.call('POST', path, body)
    const { status, operation } = await api.stored('plain')
    expect([status, operation]).toEqual([undefined, undefined])
  })
})

describe('listing applications (API-01)', () => {
  beforeAll(async () => {
    const labelled = shopApplication('labelled')
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
