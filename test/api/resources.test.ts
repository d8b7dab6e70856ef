import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { ManagedResource } from '../../api/managed-resources.ts'
import type { ResourceTree } from '../../core/tree/resource-tree.ts'
import { startApi, type TestApi } from '../harness/api.ts'
import { applicationManifest, configMap } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { createNamespace } from '../harness/kube.ts'

const path = '/api/v1/applications/shop'
const namespace = 'api-resources-shop'
const canary = 'canary-9b02e1'
const secret = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: credentials\nstringData:\n  password: ${canary}\n`
const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "nginx:1.27"}]}
`

let api: TestApi
let repository: ScratchRepository
let head = ''
let first = ''

const managed = async (query = '', of = path) => {
  const { body } = await api.call<{ items: readonly ManagedResource[] }>(
    ...(['GET', `${of}/managed-resources${query}`] as const),
  )
  return body.items
}
const resource = (group: string, kind: string, name: string, more: object = {}) => ({
  ...{ group, version: 'v1', kind, namespace, name, status: 'Synced', ...more },
})

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-resources')
  repository = await createScratchRepository()
  first = await repository.push({ 'config.yaml': configMap('config', 'one') })
  head = await repository.push({
    'config.yaml': configMap('config', 'two'),
    'secret.yaml': secret,
    'web.yaml': deployment,
  })
  await createNamespace(api.kube, namespace)
  const collection = `/api/v1/namespaces/${namespace}/configmaps`
  await api.kube.request('POST', collection, {
    metadata: { name: 'config' },
    data: { value: 'one' },
  })
  await api.kube.request('POST', collection, { metadata: { name: 'old' }, data: { value: 'x' } })
  const password = Buffer.from('another').toString('base64')
  await api.kube.request('POST', `/api/v1/namespaces/${namespace}/secrets`, {
    ...{ metadata: { name: 'credentials' }, data: { password } },
  })
  await api.kube.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
      },
    },
  })
  const declared = applicationManifest({ name: 'shop', repoURL: repository.url, namespace })
  const resources = [
    resource('', 'ConfigMap', 'config'),
    resource('', 'ConfigMap', 'old', { status: 'OutOfSync', requiresPruning: true }),
    resource('', 'ConfigMap', 'gone'),
    resource('apps', 'Deployment', 'web'),
  ]
  await api.kube.request('POST', api.applications, { ...declared, status: { resources } })
})

afterAll(async () => {
  await repository.close()
  await api.stop()
})

describe('the manifests of an application (API-09)', () => {
  const manifests = async (query: string) => {
    const { body } = await api.call<{ revision: string; manifests: readonly string[] }>(
      ...(['GET', `${path}/manifests${query}`] as const),
    )
    return body
  }

  it('are what the newest commit renders to, with the values of Secrets masked', async () => {
    const body = await manifests('')
    expect(body.revision).toBe(head)
    const kinds = body.manifests.map((text) => (JSON.parse(text) as { kind: string }).kind)
    expect(kinds.sort()).toEqual(['ConfigMap', 'Deployment', 'Secret'])
    expect(body.manifests.join()).toContain('++++++++')
    expect(body.manifests.join()).not.toContain(canary)
    expect(body.manifests.join()).not.toContain(Buffer.from(canary).toString('base64'))
  })

  it('are those of another revision when one is named', async () => {
    const body = await manifests(`?revision=${first}`)
    expect([body.revision, body.manifests.length]).toEqual([first, 1])
  })

  it('are refused for a revision that there is not, with what to do', async () => {
    const { status, body } = await api.call('GET', `${path}/manifests?revision=nowhere`)
    expect(status).toBe(502)
    expect(body).toMatchObject({
      error: 'GitAccessError',
      message: expect.stringMatching(/nowhere/),
    })
  })
})

describe('the managed resources (API-10)', () => {
  it('say what a sync would change, as the API server sees it', async () => {
    const items = await managed()
    const rows = items.map(({ kind, name, modified }) => `${kind} ${name} ${modified}`).sort()
    expect(rows).toEqual([
      'ConfigMap config true',
      'ConfigMap old true',
      'Deployment web true',
      'Secret credentials true',
    ])
    const [config] = items.filter(({ name }) => name === 'config')
    expect(JSON.parse(config?.normalizedLiveState ?? '').data).toEqual({ value: 'one' })
    expect(JSON.parse(config?.predictedLiveState ?? '').data).toEqual({ value: 'two' })
  })

  it('show that a leftover would go', async () => {
    const [old] = await managed('?name=old&kind=ConfigMap')
    expect(old).toMatchObject({ targetState: 'null', predictedLiveState: 'null', modified: true })
  })

  it('never show a value of a Secret, and still show that it differs', async () => {
    const [credentials] = await managed('?kind=Secret')
    const text = JSON.stringify(credentials)
    for (const value of [canary, 'another']) {
      expect(text).not.toContain(value)
      expect(text).not.toContain(Buffer.from(value).toString('base64'))
    }
    const data = (state: string) => (JSON.parse(state) as { data: object }).data
    expect(data(credentials?.normalizedLiveState ?? '')).not.toEqual(
      data(credentials?.predictedLiveState ?? ''),
    )
  })

  it('are told as new without complaint where a sync would create their namespace first', async () => {
    const missing = async (name: string, spec: object) => {
      const declared = { name, repoURL: repository.url, namespace: 'not-there-yet', spec }
      await api.kube.request('POST', api.applications, applicationManifest(declared))
      await eventually(
        () => api.call('GET', `/api/v1/applications/${name}`),
        ({ status }) => status === 200,
      )
      return await managed('?kind=Deployment', `/api/v1/applications/${name}`)
    }
    const syncPolicy = { syncOptions: ['CreateNamespace=true'] }
    const [brought] = await missing('brought', { syncPolicy })
    expect(brought).toMatchObject({ liveState: 'null', modified: true })
    expect(brought).not.toHaveProperty('message')
    const [refused] = await missing('refused', { syncPolicy: {} })
    expect(refused?.message).toContain('not-there-yet')
  })

  it('write nothing: the dry run changed no object', async () => {
    const { data } = await api.kube.request<{ data: object }>(
      ...(['GET', `/api/v1/namespaces/${namespace}/configmaps/config`] as const),
    )
    expect(data).toEqual({ value: 'one' })
  })
})

describe('the resource tree (API-11)', () => {
  it('goes from the Deployment to its Pods and shows what is missing', async () => {
    const { body } = await eventually(
      () => api.call<ResourceTree>('GET', `${path}/resource-tree`),
      ({ body: tree }) => tree.nodes.some(({ kind }) => kind === 'Pod'),
    )
    const kinds = body.nodes.map(({ kind, parentRefs }) => [kind, parentRefs?.[0]?.kind])
    expect(kinds).toEqual([
      ['ConfigMap', undefined],
      ['ConfigMap', undefined],
      ['ConfigMap', undefined],
      ['Deployment', undefined],
      ['ReplicaSet', 'Deployment'],
      ['Pod', 'ReplicaSet'],
    ])
    expect(body.nodes.find(({ name }) => name === 'gone')?.health?.status).toBe('Missing')
  })
})

describe('the events of an application (API-15)', () => {
  type Events = { readonly items: readonly { readonly message: string }[] }

  it('are those of the Application, or of one of its objects', async () => {
    const event = async (involvedObject: { namespace: string; [field: string]: string }) =>
      api.kube.request('POST', `/api/v1/namespaces/${involvedObject.namespace}/events`, {
        metadata: { generateName: 'event-' },
        ...{
          involvedObject,
          type: 'Normal',
          reason: 'Test',
          message: `about ${involvedObject.name}`,
        },
      })
    const application = await api.kube.request('GET', `${api.applications}/shop`)
    const { name, uid } = application.metadata
    await event({ kind: 'Application', namespace: api.namespace, name, uid })
    await event({ kind: 'ConfigMap', namespace, name: 'config' })
    const messages = async (query: string) => {
      const { body } = await api.call<Events>('GET', `${path}/events${query}`)
      return body.items.map(({ message }) => message)
    }
    expect(await messages('')).toEqual(['about shop'])
    expect(await messages(`?resourceNamespace=${namespace}&resourceName=config`)).toEqual([
      'about config',
    ])
  })

  it('are not those of namespaces where the application has nothing', async () => {
    const query = '?resourceNamespace=kube-system&resourceName=config'
    expect((await api.call('GET', `${path}/events${query}`)).status).toBe(404)
  })
})
