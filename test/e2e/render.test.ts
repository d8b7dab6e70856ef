import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { createKubeClient, type KubeClient } from '../harness/kube.ts'
import { pushWebhook } from '../harness/webhook.ts'

const endpoints = inject('endpoints')
const namespace = 'e2e-render'
let kube: KubeClient
let repository: ScratchRepository

const template = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-chart
data:
  color: {{ .Values.color | quote }}
  size: {{ .Values.size | quote }}
  shape: {{ .Values.shape | quote }}
  namespace: {{ .Release.Namespace }}
  apps: {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" | quote }}
`
const crd = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.render.example.com}
spec:
  group: render.example.com
  names: {kind: Widget, plural: widgets}
  scope: Namespaced
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
`
const files = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
  'chart/values.yaml': 'color: blue\nsize: small\nshape: round\n',
  'chart/crds/widget.yaml': crd,
  'chart/templates/config.yaml': template,
  'chart/templates/hook.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: before\n  annotations: {helm.sh/hook: pre-install}\n',
  'shared/values.yaml': 'color: red\nsize: large\n',
  'base/kustomization.yaml': 'resources: [config.yaml]\n',
  'base/config.yaml': configMap('base', 'one'),
  'overlay/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
}

const create = (name: string, source: object) =>
  kube.request(
    'POST',
    applicationsPath,
    applicationManifest({
      name,
      repoURL: repository.url,
      namespace,
      spec: { source: { repoURL: repository.url, targetRevision: 'HEAD', ...source } },
    }),
  )
const data = async (name: string) =>
  (await kube.request('GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`)).data
const push = async (changes: Record<string, string | null>) => {
  const head = await repository.push(changes)
  expect((await pushWebhook(endpoints.api, await repository.lastPush())).status).toBe(200)
  return head
}
const failureOf = async (name: string) =>
  (await whenApplication(kube, name, ({ driftless }) => driftless?.failure !== undefined)).status
    ?.driftless?.failure
let head = ''

beforeAll(async () => {
  kube = createKubeClient(endpoints.kubeconfig)
  repository = await createScratchRepository()
  await kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  head = await repository.push(files)
})

afterAll(async () => {
  await repository.close()
  await kube.close()
  // what renderers need is gone when they are done
  await eventually(
    () => readdirSync(tmpdir()).filter((name) => name.startsWith('driftless-render-')),
    (left) => left.length === 0,
  )
})

describe('a Helm chart in Git', () => {
  it('is rendered with value files, inline values and parameters, the last one wins (HELM-07)', async () => {
    await create('helm', {
      path: 'chart',
      helm: {
        valueFiles: ['../shared/values.yaml'],
        valuesObject: { size: 'huge', shape: 'flat' },
        parameters: [{ name: 'shape', value: 'a,b' }],
      },
    })
    const { status } = await whenApplication(kube, 'helm', isDeployed(head))
    expect(await data('helm-chart')).toEqual({
      color: 'red',
      size: 'huge',
      shape: 'a,b',
      namespace,
      apps: 'true',
    })
    expect(status?.sourceType).toBe('Helm')
    expect(status?.resources?.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'CustomResourceDefinition',
    ])
    // its hook runs as one of ours (HELM-16)
    expect(status?.operationState?.syncResult.resources).toContainEqual(
      expect.objectContaining({ name: 'before', hookType: 'PreSync', hookPhase: 'Succeeded' }),
    )
  })

  it('is rendered again when a value file outside of it changes, and only then', async () => {
    const before = (await whenApplication(kube, 'helm', () => true)).status?.history?.length ?? 0
    await push({ 'elsewhere.txt': 'nothing of ours' })
    const next = await push({ 'shared/values.yaml': 'color: green\n' })
    const { status } = await whenApplication(kube, 'helm', isDeployed(next))
    expect(await data('helm-chart')).toMatchObject({ color: 'green' })
    expect(status?.history).toHaveLength(before + 1)
  })

  it('says what is wrong with a template by its file, and leaves what is there', async () => {
    const bad = await push({ 'chart/templates/config.yaml': '{{ .Values.color | nothing }}\n' })
    expect(await failureOf('helm')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/templates\/config\.yaml:1.*nothing/s),
    })
    expect(await data('helm-chart')).toMatchObject({ color: 'green' })
    const fixed = await push({ 'chart/templates/config.yaml': template })
    expect(fixed).not.toBe(bad)
    await whenApplication(kube, 'helm', isDeployed(fixed))
  })

  it('reads no value file outside of the repository', async () => {
    await create('helm-escape', {
      path: 'chart',
      helm: { valueFiles: ['../../../../etc/hostname'] },
    })
    expect(await failureOf('helm-escape')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('leaves the repository'),
    })
  })
})

describe('what strangers write', () => {
  it.each([
    ['file-name', { fileParameters: [{ name: 'f=/etc/hostname,g', path: 'values.yaml' }] }],
    ['file-path', { fileParameters: [{ name: 'f', path: '/etc/hostname' }] }],
    ['file-braces', { fileParameters: [{ name: 'f', path: '{/etc/hostname}' }] }],
    ['value-address', { valueFiles: ['http://127.0.0.1:1/values.yaml'] }],
  ])('reads no file of ours through Helm: %s (H1)', async (name, helm) => {
    await push({
      // the same names inside of the repository must not open the others
      'etc/hostname': 'inside',
      'chart/{/etc/hostname}': 'inside',
      'chart/templates/file.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-file"}\ndata: {f: {{ .Values.f | default "" | quote }}}\n',
    })
    await create(`hostile-${name}`, { path: 'chart', helm })
    const { status } = await whenApplication(
      kube,
      `hostile-${name}`,
      ({ driftless, operationState }) =>
        driftless?.failure !== undefined || operationState?.finishedAt !== undefined,
    )
    const read = await kube.try<{ data?: { f?: string } }>(
      'GET',
      `/api/v1/namespaces/${namespace}/configmaps/hostile-${name}-file`,
    )
    expect(status?.driftless?.failure?.cause ?? 'none').toMatch(/^(render|none)$/)
    expect(['inside', '', undefined]).toContain(read.body.data?.f)
  })

  it('takes a value file with a comma in its name for one file (H1)', async () => {
    await push({ 'values/a,b.yaml': 'color: comma\n' })
    await create('hostile-comma', { path: 'chart', helm: { valueFiles: ['../values/a,b.yaml'] } })
    await whenApplication(kube, 'hostile-comma', ({ sync }) => sync?.status === 'Synced')
    expect(await data('hostile-comma-chart')).toMatchObject({ color: 'comma' })
  })

  it('sends no request for a kustomization (H3)', async () => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.end('data: x\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const kustomizations = {
      openapi: `openapi: {path: "${address}/openapi"}\nresources: [config.yaml]\n`,
      generator: `configMapGenerator: [{name: a, files: ["a=${address}/generator"]}]\n`,
      case: `configmapGenerator: [{name: a, Files: ["a=${address}/case"]}]\n`,
      plugin: `generators:\n- |-\n  apiVersion: builtin\n  kind: ConfigMapGenerator\n  metadata: {name: a}\n  files: ["a=${address}/plugin"]\n`,
    }
    for (const [name, text] of Object.entries(kustomizations)) {
      await push({
        [`hostile/${name}/kustomization.yaml`]: text,
        [`hostile/${name}/config.yaml`]: configMap('x', 'x'),
      })
      await create(`hostile-${name}`, { path: `hostile/${name}` })
      expect(await failureOf(`hostile-${name}`)).toMatchObject({ cause: 'render' })
    }
    expect(asked).toEqual([])
    server.close()
  })

  it('stops a template that wants all memory, and tells no value in an error', async () => {
    await push({
      'bomb/Chart.yaml': 'apiVersion: v2\nname: bomb\nversion: 1.0.0\n',
      'bomb/templates/a.yaml':
        '{{ $a := repeat 1000000000 "a" }}{{ $b := repeat 1000000000 "b" }}\n',
      'telling/Chart.yaml': 'apiVersion: v2\nname: telling\nversion: 1.0.0\n',
      'telling/templates/a.yaml': '{{ fail (printf "bad password %s" .Values.password) }}\n',
    })
    await create('hostile-bomb', { path: 'bomb' })
    expect((await failureOf('hostile-bomb'))?.evidence).toMatch(/used more than|took longer than/)
    await create('hostile-telling', {
      path: 'telling',
      helm: { valuesObject: { password: 'canary-hunter2' } },
    })
    const failure = await failureOf('hostile-telling')
    expect(failure?.evidence).toContain('bad password ***')
    expect(JSON.stringify(failure)).not.toContain('canary')
  })
})

describe('a kustomization in Git', () => {
  it('is built with the options of the Application, and again when its base changes', async () => {
    await create('kustomize', {
      path: 'overlay',
      kustomize: { nameSuffix: '-x', commonAnnotations: { team: 'shop' } },
    })
    const first = await whenApplication(
      kube,
      'kustomize',
      ({ health, sync }) => sync?.status === 'Synced' && health?.status === 'Healthy',
    )
    expect(first.status?.sourceType).toBe('Kustomize')
    expect(await data('prod-base-x')).toEqual({ value: 'one' })
    const next = await push({ 'base/config.yaml': configMap('base', 'two') })
    await whenApplication(kube, 'kustomize', isDeployed(next))
    expect(await data('prod-base-x')).toEqual({ value: 'two' })
  })

  it('refuses bases from elsewhere (KUST-13)', async () => {
    await push({ 'remote/kustomization.yaml': 'resources: ["https://example.com/base.yaml"]\n' })
    await create('kustomize-remote', { path: 'remote' })
    expect(await failureOf('kustomize-remote')).toMatchObject({
      cause: 'render',
      evidence: expect.stringContaining('https://example.com/base.yaml'),
    })
  })
})
