import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { send, startApi, type TestApi } from '../harness/api.ts'
import { eventually } from '../harness/eventually.ts'
import { shopApplication } from './shop-application.ts'

let api: TestApi

beforeAll(async () => {
  api = await startApi(inject('endpoints'), 'api-documents')
})
afterAll(() => api.stop())

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { body } = await send(api.url, 'GET', '/openapi.json')
    const { valid, errors } = await new Validator().validate(body)
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(body.openapi).toBe('3.1.0')
  })

  it('names the paths of Argo CD', async () => {
    const { body } = await send<{ paths: object }>(api.url, 'GET', '/openapi.json')
    const one = '/api/v1/applications/{name}'
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        ...['/api/v1/session', '/api/v1/settings', '/api/version', '/api/webhook', '/healthz'],
        ...['/api/v1/applications', one, '/api/v1/stream/applications', '/metrics'],
        ...[`${one}/sync`, `${one}/rollback`, `${one}/operation`, `${one}/spec`],
        ...[
          `${one}/resource-tree`,
          `${one}/managed-resources`,
          `${one}/manifests`,
          `${one}/events`,
        ],
      ]),
    )
  })

  it('is shown at /swagger-ui with assets of our own only', async () => {
    const page = await send<string>(api.url, 'GET', '/swagger-ui/')
    const assets = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, asset = '']) => asset)
    expect(assets.length).toBe(3)
    for (const asset of assets) {
      expect(asset).toMatch(/^\/swagger-ui\//)
      const { status, body } = await send<string>(api.url, 'GET', asset)
      expect([status, body.length > 50]).toEqual([200, true])
    }
    expect((await send(api.url, 'GET', '/swagger-ui')).headers.get('location')).toBe('/swagger-ui/')
  })

  it('serves no other file of that folder', async () => {
    expect((await send(api.url, 'GET', '/swagger-ui/package.json')).status).toBe(404)
    expect((await send(api.url, 'GET', '/swagger-ui/..%2fpackage.json')).status).toBe(401)
  })
})

describe('settings and version (API-24)', () => {
  it('tell what clients have to know', async () => {
    const { body } = await api.call('GET', '/api/v1/settings')
    expect(body).toMatchObject({ controllerNamespace: api.namespace, notificationsEnabled: false })
    const version = await send<{ Version: string }>(api.url, 'GET', '/api/version')
    expect(version.body.Version).toMatch(/^v\d+\.\d+\.\d+$/)
  })
})

describe('answers', () => {
  it('with a token are kept by no cache, and no other page can frame them', async () => {
    const { headers } = await api.call('GET', '/api/v1/settings')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('to a body beyond the limit say so', async () => {
    const patch = 'x'.repeat(5 * 1024 ** 2)
    const { status, body } = await api.call('PATCH', '/api/v1/applications/none', { patch })
    expect([status, body.message]).toEqual([400, expect.stringMatching(/larger than/)])
  })
})

describe('notifications by hand', () => {
  it('say how to set Slack up while nobody has', async () => {
    await api.call('POST', '/api/v1/applications', shopApplication('told'))
    const request = { application: 'told', trigger: 'on-deployed' }
    const { status, body } = await api.call('POST', '/api/v1/notifications', request)
    expect(status).toBe(501)
    expect(body).toMatchObject({ error: 'NotConfiguredError', code: 12 })
    expect(body.message).toContain('SLACK_BOT_TOKEN')
  })
})

describe('metrics', () => {
  const scrape = async () => (await api.call<string>('GET', '/metrics')).body

  it('have the names and labels of Argo CD', async () => {
    await api.call('POST', '/api/v1/applications', shopApplication('measured'))
    await api.patch('measured', {
      status: { sync: { status: 'OutOfSync' }, health: { status: 'Degraded' } },
    })
    const text = await eventually(scrape, (found) => found.includes('health_status="Degraded"'))
    const [line = ''] = text
      .split('\n')
      .filter((candidate) => candidate.includes('name="measured"'))
    expect(line).toMatch(/^argocd_app_info\{.*\} 1$/)
    for (const label of ['project="default"', 'sync_status="OutOfSync"', 'operation=""']) {
      expect(line).toContain(label)
    }
    expect(text).toContain('process_resident_memory_bytes')
  })

  it('count an operation once when it ends, and the failed ones by cause', async () => {
    const state = { phase: 'Running', operation: {}, startedAt: '2026-01-01T00:00:00Z' }
    await api.patch('measured', { status: { operationState: state } })
    const ended = { ...state, phase: 'Failed', finishedAt: '2026-01-01T00:00:09Z' }
    const failure = { cause: 'admission', evidence: 'x', next: 'y' }
    await api.patch('measured', { status: { operationState: ended, driftless: { failure } } })
    await api.patch('measured', { metadata: { annotations: { again: 'true' } } })
    const text = await eventually(scrape, (found) => found.includes('phase="Failed"'))
    expect(text).toMatch(/argocd_app_sync_total\{name="measured",.*phase="Failed"\} 1\n/)
    expect(text).toContain('driftless_failed_operations{cause="admission"} 1')
  })

  it('are not for everybody', async () => {
    expect((await send(api.url, 'GET', '/metrics')).status).toBe(401)
  })
})
