import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Cause } from '../../core/failure/failure.ts'
import { judgeConfigMaps } from '../harness/admission-webhook.ts'
import { configMap, whenApplication } from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { hookJob } from '../harness/hook.ts'
import { createNamespace } from '../harness/kube.ts'
import { openScene, type Scene } from '../harness/scene.ts'

/** One failure per cause of the closed list (docs/concepts.md), and that each is told everywhere. */
const endpoints = inject('endpoints')
let scene: Scene

beforeAll(async () => {
  scene = await openScene(endpoints, 'causes')
  await scene.repository.push({
    'plain/config.yaml': configMap('plain', 'x'),
    'syntax/broken.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x\n',
    'kind/cr.yaml': 'apiVersion: example.com/v1\nkind: Nothing\nmetadata:\n  name: x\n',
    'admission/service.yaml':
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: x\nspec: {ports: [{port: 99999}]}\n',
    'hook/job.yaml': hookJob('failing', 'PreSync', { simulate: 'fail' }),
    'hook/config.yaml': configMap('x', 'x'),
    'health/pod.yaml':
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  annotations: {driftless.dev/simulate: pending}\nspec:\n  containers: [{name: main, image: nginx}]\n',
    'render/kustomization.yaml': 'resources: [missing.yaml]\n',
  })
})

afterAll(() => scene.close())

/** Deploys into a namespace of its own and gives the failure, once it is told in status and as an Event. */
async function failureOf(cause: Cause, declared: Parameters<Scene['create']>[1]) {
  const name = `cause-${cause}`
  await scene.kube.try('POST', '/api/v1/namespaces', { metadata: { name } })
  await scene.create(name, { namespace: name, ...declared })
  const { status } = await whenApplication(
    scene.kube,
    name,
    ({ driftless }) => driftless?.failure !== undefined,
  )
  const warnings = await eventually(
    async () => {
      const { items } = await scene.kube.request<{ items: KubeEvent[] }>(
        'GET',
        '/api/v1/namespaces/argocd/events',
      )
      return items.filter(({ involvedObject }) => involvedObject.name === name)
    },
    (events) => events.length > 0,
  )
  expect(warnings[0]?.type).toBe('Warning')
  expect(warnings[0]?.message).toContain(`${cause}: `)
  expect(status?.conditions?.map(({ type }) => type)).toEqual([
    expect.stringMatching(/^(ComparisonError|SyncError)$/),
  ])
  expect(status?.driftless?.failure?.next).not.toBe('')
  return status?.driftless?.failure
}
type KubeEvent = {
  readonly type: string
  readonly message: string
  readonly involvedObject: { readonly name: string }
}

describe('every failure has a cause of the closed list', () => {
  it('git-access: a repository that is not there', async () => {
    const repoURL = scene.repository.url.replace(/[^/]+$/, 'nowhere.git')
    expect(await failureOf('git-access', { path: '.', repoURL })).toMatchObject({
      cause: 'git-access',
      evidence: expect.stringContaining('nowhere.git'),
    })
  })

  it('git-auth: a repository that wants other credentials', async () => {
    const server = createServer((_, response) => {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const repoURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/private.git`
    try {
      expect(await failureOf('git-auth', { path: '.', repoURL })).toMatchObject({
        cause: 'git-auth',
      })
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })

  it('manifest-syntax: a file that is no manifest, by file and line', async () => {
    expect(await failureOf('manifest-syntax', { path: 'syntax' })).toMatchObject({
      cause: 'manifest-syntax',
      evidence: expect.stringMatching(/broken\.yaml:\d+/),
    })
  })

  it('render: a tool that refuses the sources', async () => {
    expect(await failureOf('render', { path: 'render' })).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('missing.yaml'),
    })
  })

  it('unknown-kind: a kind that nobody installed', async () => {
    expect(await failureOf('unknown-kind', { path: 'kind' })).toMatchObject({
      cause: 'unknown-kind',
      evidence: expect.stringContaining('Nothing'),
    })
  })

  it('conflict: somebody else holds the object', async () => {
    const message = 'held by another controller'
    const webhook = await judgeConfigMaps(
      scene.kube,
      endpoints.kubeconfig,
      'cause-conflict',
      async () => ({ code: 409, reason: 'Conflict', message }),
    )
    try {
      await createNamespace(scene.kube, 'cause-conflict')
      expect(await failureOf('conflict', { path: 'plain' })).toMatchObject({
        cause: 'conflict',
        object: 'ConfigMap cause-conflict/plain',
        evidence: expect.stringContaining(message),
      })
    } finally {
      await webhook.close()
    }
  })

  it('permission: a kind that the project does not permit', async () => {
    await scene.kube.request('POST', '/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: 'no-config' },
      spec: {
        sourceRepos: ['*'],
        destinations: [{ server: '*', namespace: '*' }],
        namespaceResourceBlacklist: [{ group: '', kind: 'ConfigMap' }],
      },
    })
    expect(
      await failureOf('permission', { path: 'plain', spec: { project: 'no-config' } }),
    ).toMatchObject({
      cause: 'permission',
      object: 'ConfigMap cause-permission/plain',
    })
  })

  it('admission: an object that the API server refuses', async () => {
    expect(await failureOf('admission', { path: 'admission' })).toMatchObject({
      cause: 'admission',
      object: 'Service cause-admission/x',
    })
  })

  it('quota: a quota that is used up', async () => {
    await createNamespace(scene.kube, 'cause-quota')
    const quotas = '/api/v1/namespaces/cause-quota/resourcequotas'
    await scene.kube.request('POST', quotas, {
      metadata: { name: 'none' },
      spec: { hard: { 'count/configmaps': '0' } },
    })
    await eventually(
      () => scene.kube.request('GET', `${quotas}/none`),
      ({ status }) => (status as { hard?: object } | undefined)?.hard !== undefined,
    )
    expect(await failureOf('quota', { path: 'plain' })).toMatchObject({
      cause: 'quota',
      object: 'ConfigMap cause-quota/plain',
    })
  })

  it('hook: a hook that fails', async () => {
    expect(await failureOf('hook', { path: 'hook' })).toMatchObject({
      cause: 'hook',
      object: 'Job cause-hook/failing',
    })
  })

  it('health-timeout: an object that does not become healthy in time', async () => {
    const annotations = { 'driftless.dev/health-timeout': '1s' }
    expect(await failureOf('health-timeout', { path: 'health', annotations })).toMatchObject({
      cause: 'health-timeout',
      object: 'Pod cause-health-timeout/x',
    })
  })

  it('network: a webhook that nobody answers for', async () => {
    const webhook = await judgeConfigMaps(
      scene.kube,
      endpoints.kubeconfig,
      'cause-network',
      undefined,
    )
    try {
      await createNamespace(scene.kube, 'cause-network')
      expect(await failureOf('network', { path: 'plain' })).toMatchObject({ cause: 'network' })
    } finally {
      await webhook.close()
    }
  })
})
