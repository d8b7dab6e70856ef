import { expect, it } from 'vitest'
import type { ApplicationSource } from '../../core/application.ts'
import { renderCasesOf } from './render-cases.ts'

const chartFile = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`
const files = {
  'chart/Chart.yaml': chartFile('chart'),
  'chart/bad.yaml': 'color: red\n  size: [\n',
  'broken/Chart.yaml': chartFile('broken'),
  'broken/templates/a.yaml': 'kind: ConfigMap\ndata:\n  a: {{ .Values.x.y }}\n',
  'output/Chart.yaml': chartFile('output'),
  'output/templates/b.yaml': 'kind: ConfigMap\ndata:\n  a: b: c\n',
  'nameless/Chart.yaml': chartFile('nameless'),
  'nameless/templates/b.yaml': 'apiVersion: v1\nkind: ConfigMap\n',
  'no-chart/Chart.yaml': 'apiVersion: v2\nname: [\n',
  'plain/c.yaml': 'kind: ConfigMap\ndata:\n  a: b: c\n',
  'kustomized/kustomization.yaml': 'resources:\n  - d.yaml\n  - [\n',
  'resource/kustomization.yaml': 'resources: [e.yaml]\n',
  'resource/e.yaml': 'apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b: c\n',
  'missing/kustomization.yaml': 'namePrefix: x-\nresources:\n  - gone.yaml\n',
  'remote/kustomization.yaml': 'resources: ["https://example.com/base.yaml"]\n',
  'jsonnet/f.jsonnet': '{\n  a: error "broken",\n}\n',
  'made/g.jsonnet': '{ kind: "Pod" }\n',
  'settings/.argocd-source.yaml': 'helm:\n  - [\n',
}
const cases = renderCasesOf(files)

const rows: readonly (readonly [string, ApplicationSource, RegExp])[] = [
  ['a template of Helm', { path: 'broken' }, /broken\/templates\/a\.yaml:3/],
  ['what a template makes', { path: 'output' }, /output\/templates\/b\.yaml.*line 3/s],
  ['an object of a template', { path: 'nameless' }, /^nameless\/templates\/b\.yaml:\d+: ConfigMap/],
  ['the file of a chart', { path: 'no-chart' }, /no-chart\/Chart\.yaml:\d|Chart\.yaml.*line \d/s],
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
  ['a manifest', { path: 'plain' }, /^plain\/c\.yaml:3/],
  ['a kustomization', { path: 'kustomized' }, /^kustomized\/kustomization\.yaml:[34]/],
  ['what a kustomization names', { path: 'resource' }, /e\.yaml.*line \d|line \d.*e\.yaml/s],
  [
    'what a kustomization misses',
    { path: 'missing' },
    /^missing\/kustomization\.yaml:3: gone\.yaml/,
  ],
  [
    'a base from elsewhere (KUST-13)',
    { path: 'remote' },
    /^remote\/kustomization\.yaml:1: https:\/\/example\.com\/base\.yaml is outside of the repository/,
  ],
  ['a Jsonnet program', { path: 'jsonnet' }, /jsonnet\/f\.jsonnet:2/],
  ['an object of a Jsonnet program', { path: 'made' }, /^made\/g\.jsonnet:\d+: .*apiVersion/],
  ['parameters (SRC-12)', { path: 'settings' }, /^settings\/\.argocd-source\.yaml:[23]: /],
]

it.each(rows)('an error in %s names file and line', async (_, source, place) => {
  expect(await cases.refusal(source)).toMatch(place)
})
