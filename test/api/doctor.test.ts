import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import type { Finding } from '../../core/doctor/finding.ts'
import { applicationsPath, configMap } from '../harness/application.ts'
import { type UserCommand, userCommand } from '../harness/command.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'

const endpoints = inject('endpoints')
const namespace = 'api-doctor'
const manual = { syncPolicy: {} }
let scene: Scene
let driftless: UserCommand

beforeAll(async () => {
  scene = await openScene(endpoints, namespace)
  driftless = userCommand()
  await driftless('login', endpoints.api, '--password', endpoints.adminPassword)
  await scene.repository.push({
    'good/config.yaml': configMap('doctored', 'one'),
    'good/hook.yaml': hookJob('migrate', 'PreSync'),
    'bad/config.yaml': `${configMap('doctored', 'two')}colour: blue\n`,
    'bad/kind.yaml': 'apiVersion: example.com/v1\nkind: Unknown\nmetadata:\n  name: x\n',
  })
  await scene.create('doctored', { path: 'good', spec: manual })
  await scene.create('doctored-bad', { path: 'bad', spec: manual })
  await scene.create('doctored-away', {
    spec: { ...manual, source: { repoURL: scene.repository.url, path: '.', targetRevision: 'v9' } },
  })
})
afterAll(async () => {
  driftless.remove()
  await scene.close()
})

async function examined(name: string) {
  const { code, stdout } = await driftless('app', 'doctor', name, '--output', 'json')
  const { checks } = JSON.parse(stdout) as { readonly checks: readonly Finding[] }
  const of = (check: string) => checks.filter((one) => one.check === check)
  return { code, checks, of, status: (check: string) => of(check).map(({ status }) => status) }
}

it('says what would keep a sync from working, one line per check, and exits 1 (app doctor)', async () => {
  const before = await examined('doctored')
  expect([before.code, before.status('namespace')]).toEqual([1, ['FAIL']])
  await createNamespace(scene.kube, namespace)
  await scene.kube.request('POST', `/api/v1/namespaces/${namespace}/configmaps`, {
    ...{
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'doctored' },
      data: { value: '0' },
    },
  })
  const { code, checks, of } = await examined('doctored')
  expect(checks.map(({ check, status }) => `${status} ${check}`)).toEqual([
    ...['OK spec', 'OK repository', 'OK revision', 'OK cluster', 'OK kinds', 'OK manifests'],
    ...['OK permissions', 'WARN conflicts', 'OK namespace', 'WARN hooks', 'OK window', 'OK hold'],
    'OK fields',
  ])
  expect(code).toBe(0)
  expect(of('permissions')[0]?.reason).toMatch(/permitted to \S+, the user of the API \(the worker/)
  expect(of('conflicts')[0]?.reason).toContain(
    `ConfigMap ${namespace}/doctored has declared fields`,
  )
  const { stdout } = await driftless('app', 'doctor', 'doctored')
  expect(stdout).toMatch(/^STATUS +CHECK +REASON +REMEDY\nOK +spec +valid/)
  const { body } = await scene.kube.try('GET', `${applicationsPath}/doctored`)
  expect(body).not.toHaveProperty('operation')
})

it('names what the API server would refuse, and a revision that is not there', async () => {
  const bad = await examined('doctored-bad')
  expect([bad.code, bad.status('manifests')]).toEqual([1, ['FAIL', 'FAIL']])
  const reasons = bad.of('manifests').map(({ reason }) => reason)
  expect(reasons.toSorted()).toEqual([
    expect.stringMatching(/ConfigMap .*colour/),
    expect.stringContaining('no kind Unknown'),
  ])
  const away = await examined('doctored-away')
  expect([away.code, away.status('revision')]).toEqual([1, ['FAIL']])
  expect(away.of('revision')[0]).toMatchObject({
    reason: expect.stringContaining('has no revision v9'),
    remedy: expect.stringContaining('set targetRevision'),
  })
})
