import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { failureOf } from '../harness/application.ts'
import { chart, openRenderScene, type RenderScene } from './render-scene.ts'

let scene: RenderScene

beforeAll(async () => {
  scene = await openRenderScene(inject('endpoints'), 'e2e-render-errors')
  await scene.repository.push({
    ...chart,
    'broken/Chart.yaml': 'apiVersion: v2\nname: broken\nversion: 1.0.0\n',
    'broken/templates/a.yaml': 'kind: ConfigMap\ndata:\n  a: {{ .Values.x.y }}\n',
    'output/Chart.yaml': 'apiVersion: v2\nname: output\nversion: 1.0.0\n',
    'output/templates/b.yaml': 'kind: ConfigMap\ndata:\n  a: b: c\n',
    'chart/bad.yaml': 'color: red\n  size: [\n',
    'plain/c.yaml': 'kind: ConfigMap\ndata:\n  a: b: c\n',
    'kustomized/kustomization.yaml': 'resources:\n  - d.yaml\n  - [\n',
    'resource/kustomization.yaml': 'resources: [e.yaml]\n',
    'resource/e.yaml': 'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b: c\n',
    'missing/kustomization.yaml': 'namePrefix: x-\nresources:\n  - gone.yaml\n',
    'jsonnet/f.jsonnet': '{\n  a: error "broken",\n}\n',
  })
})
afterAll(() => scene.close())

it.each([
  ['a template of Helm', { path: 'broken' }, /broken\/templates\/a\.yaml:3/],
  ['what a template makes', { path: 'output' }, /output\/templates\/b\.yaml.*line 3/s],
  [
    'a value file',
    { path: 'chart', helm: { valueFiles: ['bad.yaml'] } },
    /chart\/bad\.yaml.*line 2/s,
  ],
  [
    'inline values',
    { path: 'chart', helm: { values: 'a: [\n' } },
    /spec\.source\.helm\.values.*line/s,
  ],
  ['a manifest', { path: 'plain' }, /plain\/c\.yaml:3|c\.yaml:3/],
  ['a kustomization', { path: 'kustomized' }, /kustomized\/kustomization\.yaml:[34]/],
  ['what a kustomization names', { path: 'resource' }, /e\.yaml.*line \d|line \d.*e\.yaml/s],
  [
    'what a kustomization misses',
    { path: 'missing' },
    /missing\/kustomization\.yaml:3: gone\.yaml/,
  ],
  ['a Jsonnet program', { path: 'jsonnet' }, /jsonnet\/f\.jsonnet:2/],
])('an error in %s names file and line', async (what, source, place) => {
  const name = `errors-${what.toLowerCase().replaceAll(' ', '-')}`
  await scene.deploy(name, source)
  expect((await failureOf(scene.kube, name))?.evidence).toMatch(place)
})
