import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import { eventually } from '../harness/eventually.ts'
import type { KubeObject } from '../harness/kube.ts'
import { clusterSecret } from '../harness/second-cluster.ts'

const server = 'https://stage.example.com:6443'
const path = '/api/v1/clusters'
let api: TestApi

type Listed = { readonly items: readonly { readonly name: string; readonly server: string }[] }
const declared = (name: string, more: object = {}) => ({
  ...{ name, server, config: { bearerToken: 'sesame' } },
  ...more,
})
const names = async () =>
  (await api.call<Listed>('GET', path)).body.items.map((cluster) => cluster.name)
const isListed = (wanted: readonly string[]) =>
  eventually(names, (found) => found.join() === ['in-cluster', ...wanted].join())
const secrets = async () => {
  const at = `/api/v1/namespaces/${api.namespace}/secrets?labelSelector=argocd.argoproj.io/secret-type=cluster`
  const { items } = await api.kube.request<{ items: readonly KubeObject[] }>('GET', at)
  return items
}

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-clusters')
})
afterAll(() => api.stop())

describe('clusters by command (CLUS-04)', () => {
  it('are Secrets in the form of Argo CD, one for each address', async () => {
    const project = { project: 'shop', namespaces: ['a', 'b'] }
    const made = await api.call('POST', path, declared('stage', project))
    expect([made.status, made.body]).toEqual([200, { name: 'stage', server }])
    await isListed(['stage'])
    const [secret] = await secrets()
    const fields = Object.entries(secret?.data as Readonly<Record<string, string>>).map(
      ([key, value]) => [key, Buffer.from(value, 'base64').toString()],
    )
    expect(Object.fromEntries(fields)).toEqual({
      ...{ name: 'stage', server, project: 'shop', namespaces: 'a,b', clusterResources: 'false' },
      config: '{"bearerToken":"sesame"}',
    })
    const again = await api.call('POST', path, declared('other'))
    expect([again.status, again.body.message]).toEqual([409, expect.stringContaining('--upsert')])
    expect((await api.call('POST', `${path}?upsert=true`, declared('other'))).status).toBe(200)
    await isListed(['other'])
    const one = await api.call('GET', `${path}/other?id.type=name`)
    expect(one.body).toMatchObject({
      name: 'other',
      server,
      connectionState: { status: 'Unknown' },
    })
    expect((await api.call('GET', `${path}/nobody`)).status).toBe(404)
    const [after, ...more] = await secrets()
    expect(more).toEqual([])
    expect(Object.keys(after?.data as object).sort()).toEqual(['config', 'name', 'server'])
  })

  it('may neither run programs nor take the name of another one', async () => {
    const execProviderConfig = { command: 'sh', args: ['-c', 'id'] }
    const { status, body } = await api.call(
      'POST',
      path,
      declared('x', { config: { execProviderConfig } }),
    )
    expect([status, body.message]).toEqual([400, expect.stringContaining('execProviderConfig')])
    const elsewhere = declared('other', { server: 'https://elsewhere.example.com' })
    const namesake = await api.call('POST', path, elsewhere)
    expect([namesake.status, namesake.body.message]).toEqual([409, expect.stringContaining(server)])
  })

  it('are gone with their Secret, of which one that a person wrote stays', async () => {
    const at = `/api/v1/namespaces/${api.namespace}/secrets`
    await api.kube.request(
      'POST',
      at,
      clusterSecret('by-hand', { server: 'https://by.hand', config: {} }),
    )
    await isListed(['by-hand', 'other'])
    const remove = (id: string) => api.call('DELETE', `${path}/${encodeURIComponent(id)}`)
    expect((await remove(server)).status).toBe(200)
    expect((await api.call('DELETE', `${path}/by-hand?id.type=name`)).status).toBe(200)
    await isListed([])
    expect((await api.kube.try('GET', `${at}/by-hand`)).status).toBe(200)
    expect((await remove(server)).status).toBe(404)
  })
})
