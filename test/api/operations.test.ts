import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startApi, type TestApi } from '../harness/api.ts'
import { eventually } from '../harness/eventually.ts'
import { repoURL, shopApplication } from './shop-application.ts'

const path = '/api/v1/applications'
const source = { repoURL, path: '.', targetRevision: 'HEAD' }
const old = { ...source, path: 'old' }
const manual = { syncPolicy: { syncOptions: ['PruneLast=true'], retry: { limit: 2 } } }

let api: TestApi

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-operations')
})
afterAll(() => api.stop())

const running = (initiatedBy: object) => ({
  status: { operationState: { phase: 'Running', operation: { sync: {}, initiatedBy } } },
})
const create = (name: string, spec: object = {}, status: object = {}) =>
  api.kube.request('POST', api.applications, { ...shopApplication(name, spec), status })
const post = async (name: string, action: string, body: object = {}) => {
  const answer = await api.call<{ message?: string }>('POST', `${path}/${name}/${action}`, body)
  return { status: answer.status, message: answer.body.message ?? '' }
}

describe('asking for a sync (API-06)', () => {
  it('writes the whole request into the Application (SYNC-17, SYNC-20, SYNC-21, SYNC-22)', async () => {
    await create('sync', manual)
    const resources = [{ group: '', kind: 'ConfigMap', name: 'config', namespace: 'shop' }]
    const { status } = await post('sync', 'sync', {
      ...{ revision: 'release', prune: true, dryRun: true, resources },
      strategy: { hook: { force: true } },
      syncOptions: { items: ['Replace=true'] },
      infos: [{ name: 'Reason', value: 'by hand' }],
    })
    expect(status).toBe(200)
    expect((await api.stored('sync')).operation).toEqual({
      sync: {
        ...{ revision: 'release', prune: true, dryRun: true, resources },
        syncStrategy: { hook: { force: true } },
        syncOptions: ['PruneLast=true', 'Replace=true'],
      },
      initiatedBy: { username: 'admin' },
      info: [{ name: 'Reason', value: 'by hand' }],
      retry: { limit: 2 },
    })
  })

  it('is refused while a sync window blocks it, unless the window lets people (WIN-04, WIN-08)', async () => {
    const projects = api.applications.replace(/applications$/, 'appprojects')
    const window = { kind: 'deny', schedule: '* * * * *', duration: '2m', applications: ['*'] }
    const project = (name: string, manualSync: boolean) => ({
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name },
      spec: { syncWindows: [{ ...window, manualSync }] },
    })
    await api.kube.request('POST', projects, project('closed', false))
    await api.kube.request('POST', projects, project('open-by-hand', true))
    await create('blocked', { ...manual, project: 'closed' })
    await create('dry', { ...manual, project: 'closed' })
    await create('by-hand', { ...manual, project: 'open-by-hand' })
    await eventually(
      () => post('blocked', 'sync'),
      ({ status }) => status === 403,
    )
    expect((await post('blocked', 'sync')).message).toContain('cannot sync: blocked by sync window')
    expect((await post('dry', 'sync', { dryRun: true })).status).toBe(200)
    expect((await post('by-hand', 'sync')).status).toBe(200)
  })

  it('refuses a second one while the first is not done (SYNC-24)', async () => {
    const { status, message } = await post('sync', 'sync')
    expect([status, message]).toEqual([
      400,
      'another operation is already in progress; wait for it, or terminate it first',
    ])
  })

  it('lets exactly one of many at the same time through (SYNC-24)', async () => {
    await create('race', manual)
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('race', 'sync')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(7)
  })

  it('takes precedence over an operation that nobody asked for, not over one of a person', async () => {
    await create('busy', manual)
    await api.patch('busy', running({ username: 'kim' }))
    expect((await post('busy', 'sync')).status).toBe(400)
    await api.patch('busy', running({ username: null, automated: true }))
    expect((await post('busy', 'sync')).status).toBe(200)
  })

  it('refuses another revision while auto-sync would undo it, unless it is a dry run (SYNC-22)', async () => {
    await create('automated')
    const refused = await post('automated', 'sync', { revision: 'other' })
    expect(refused).toEqual({
      status: 400,
      message: expect.stringMatching(/^Cannot sync to other: auto-sync currently set to HEAD/),
    })
    expect((await post('automated', 'sync', { revision: 'other', dryRun: true })).status).toBe(200)
  })

  it('refuses an application that is being deleted', async () => {
    await create('leaving')
    await api.kube.request('DELETE', `${api.applications}/leaving`)
    expect((await post('leaving', 'sync')).message).toMatch(/is deleting/)
  })

  it('says that manifests of the sender are not taken (SYNC-23)', async () => {
    expect((await post('automated', 'sync', { manifests: ['{}'] })).status).toBe(501)
  })
})

describe('asking for a rollback (API-07, HIST-02)', () => {
  const entry = { deployedAt: '2026-01-01T00:00:00Z', deployStartedAt: '2026-01-01T00:00:00Z' }
  const history = [
    { id: 0, revision: 'aaa', source: old, ...entry },
    { id: 1, revision: 'bbb', source, ...entry },
  ]

  it('asks for revision, source and hooks of that deployment, also while auto-sync is on', async () => {
    await create('back', {}, { history })
    expect((await post('back', 'rollback', { id: 0, prune: true })).status).toBe(200)
    expect((await api.stored('back')).operation).toEqual({
      sync: { revision: 'aaa', source: old, prune: true },
      initiatedBy: { username: 'admin' },
      info: [{ name: 'driftless.dev/rollback', value: '0' }],
    })
  })

  it('is written also while a window is closed, for which it then waits (WIN-09)', async () => {
    await create('back-later', { ...manual, project: 'closed' }, { history })
    expect((await post('back-later', 'sync')).status).toBe(403)
    expect((await post('back-later', 'rollback', { id: 0 })).status).toBe(200)
  })

  it('names the deployments there are when the id is none of them', async () => {
    await create('lost', {}, { history })
    expect(await post('lost', 'rollback', { id: 9 })).toEqual({
      status: 400,
      message: 'application lost does not have deployment with id 9; the ids of its history: 0, 1',
    })
    expect((await api.stored('lost')).operation).toBeUndefined()
  })
})

describe('terminating (API-08)', () => {
  const terminate = (name: string) =>
    api.call<{ message: string }>('DELETE', `${path}/${name}/operation`)

  it('marks the running operation', async () => {
    await create('stop')
    await api.patch('stop', running({ username: 'kim' }))
    expect((await terminate('stop')).status).toBe(200)
    expect((await api.stored('stop')).status?.operationState?.phase).toBe('Terminating')
    expect((await terminate('stop')).status).toBe(200)
  })

  it('takes a request back that has not begun', async () => {
    await create('early', manual)
    await post('early', 'sync')
    expect((await terminate('early')).status).toBe(200)
    expect((await api.stored('early')).operation).toBeUndefined()
  })

  it('says when there is nothing to terminate', async () => {
    await create('idle')
    const { status, body } = await terminate('idle')
    expect([status, body.message]).toEqual([
      404,
      'Unable to terminate operation. No operation is in progress',
    ])
  })
})
