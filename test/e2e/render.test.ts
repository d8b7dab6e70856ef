import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  configMap,
  failureOf,
  isDeployed,
  refreshed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { chart, openRenderScene, type RenderScene, template } from './render-scene.ts'

const namespace = 'e2e-render'
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
  ...chart,
  'chart/crds/widget.yaml': crd,
  'chart/templates/hook.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: before\n  annotations: {helm.sh/hook: pre-install}\n',
  'chart/templates/random.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-random"}\ndata: {text: {{ randAlphaNum 12 | quote }}}\n',
  'shared/values.yaml': 'color: red\nsize: large\n',
  'base/kustomization.yaml': 'resources: [config.yaml]\n',
  'base/config.yaml': configMap('base', 'one'),
  'overlay/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
}
let scene: RenderScene
let head = ''

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), namespace)
  head = await scene.repository.push(files)
})
afterAll(() => scene.close())

describe('a Helm chart in Git', () => {
  it('is rendered with value files, inline values and parameters, the last one wins, and its hooks run (HELM-07, HELM-16)', async () => {
    await scene.deploy('helm', {
      path: 'chart',
      helm: {
        valueFiles: ['../shared/values.yaml'],
        valuesObject: { size: 'huge', shape: 'flat' },
        parameters: [{ name: 'shape', value: 'a,b' }],
      },
    })
    const { status } = await whenApplication(scene.kube, 'helm', isDeployed(head))
    expect(await scene.data('helm-chart')).toEqual({
      color: 'red',
      size: 'huge',
      shape: 'a,b',
      namespace,
      apps: 'true',
    })
    expect(status?.sourceType).toBe('Helm')
    expect(status?.resources?.map(({ kind }) => kind).sort()).toEqual([
      'ConfigMap',
      'ConfigMap',
      'CustomResourceDefinition',
    ])
    // its hook runs as one of ours
    expect(status?.operationState?.syncResult.resources).toContainEqual(
      expect.objectContaining({ name: 'before', hookType: 'PreSync', hookPhase: 'Succeeded' }),
    )
  })

  it('is rendered again when a value file outside of it changes, and only then', async () => {
    const before =
      (await whenApplication(scene.kube, 'helm', () => true)).status?.history?.length ?? 0
    await scene.push({ 'elsewhere.txt': 'nothing of ours' })
    const next = await scene.push({ 'shared/values.yaml': 'color: green\n' })
    const { status } = await whenApplication(scene.kube, 'helm', isDeployed(next))
    expect(await scene.data('helm-chart')).toMatchObject({ color: 'green' })
    expect(status?.history).toHaveLength(before + 1)
  })

  it('says what is wrong with a template by its file, and leaves what is there', async () => {
    const bad = await scene.push({
      'chart/templates/config.yaml': '{{ .Values.color | nothing }}\n',
    })
    expect(await failureOf(scene.kube, 'helm')).toMatchObject({
      cause: 'render',
      evidence: expect.stringMatching(/templates\/config\.yaml:1.*nothing/s),
    })
    expect(await scene.data('helm-chart')).toMatchObject({ color: 'green' })
    const fixed = await scene.push({ 'chart/templates/config.yaml': template })
    expect(fixed).not.toBe(bad)
    await whenApplication(scene.kube, 'helm', isDeployed(fixed))
  })

  it('is rendered once for what it is made from: random values differ only after a hard refresh (HELM-21, SRC-21)', async () => {
    const before = await scene.data('helm-random')
    const { status } = await refreshed(scene.kube, 'helm')
    expect(status?.sync?.status).toBe('Synced')
    expect(await scene.data('helm-random')).toEqual(before)
    await refreshed(scene.kube, 'helm', 'hard')
    await eventually(
      () => scene.data('helm-random'),
      (data) => JSON.stringify(data) !== JSON.stringify(before),
    )
  })
})

describe('a kustomization in Git', () => {
  it('is built with the options of the Application, and again when its base changes', async () => {
    await scene.deploy('kustomize', {
      path: 'overlay',
      kustomize: { nameSuffix: '-x', commonAnnotations: { team: 'shop' } },
    })
    const first = await whenApplication(
      scene.kube,
      'kustomize',
      ({ health, sync }) => sync?.status === 'Synced' && health?.status === 'Healthy',
    )
    expect(first.status?.sourceType).toBe('Kustomize')
    expect(await scene.data('prod-base-x')).toEqual({ value: 'one' })
    const next = await scene.push({ 'base/config.yaml': configMap('base', 'two') })
    await whenApplication(scene.kube, 'kustomize', isDeployed(next))
    expect(await scene.data('prod-base-x')).toEqual({ value: 'two' })
  })
})

describe('manifest-generate-paths', () => {
  it('lets only commits that touch one of its paths be news (SRC-17)', async () => {
    const head = await scene.push({
      'narrow/config.yaml': configMap('narrow', 'one'),
      'narrow/other.yaml': configMap('other', 'one'),
    })
    await scene.create('narrow', {
      path: 'narrow',
      annotations: { 'argocd.argoproj.io/manifest-generate-paths': 'config.yaml;/shared/*.yaml' },
    })
    const { status } = await whenApplication(scene.kube, 'narrow', isDeployed(head))
    await scene.push({ 'narrow/other.yaml': configMap('other', 'two') })
    const next = await scene.push({ 'shared/narrow.yaml': 'a: b\n' })
    const then = await whenApplication(scene.kube, 'narrow', isDeployed(next))
    expect(then.status?.history).toHaveLength((status?.history?.length ?? 0) + 1)
    // what a commit of no interest changed comes with the next one
    expect(await scene.data('other')).toEqual({ value: 'two' })
  })
})
