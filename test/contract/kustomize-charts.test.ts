import { describe, expect, it } from 'vitest'
import { openRenderCases, renderCasesOf } from './render-cases.ts'

const template = `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}"}
data:
  color: {{ .Values.color }}
  size: {{ .Values.size }}
  kube: {{ .Capabilities.KubeVersion.Version | quote }}
  widgets: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
`
const chartFile = 'apiVersion: v2\nname: web\nversion: 1.0.0\n'
const files = {
  'app/kustomization.yaml': `namePrefix: p-
helmCharts:
  - name: web
    releaseName: rel
    valuesFile: values.yaml
    valuesInline: {size: large}
`,
  'app/values.yaml': 'color: red\n',
  'app/charts/web/Chart.yaml': chartFile,
  'app/charts/web/values.yaml': 'color: blue\nsize: small\n',
  'app/charts/web/templates/a.yaml': template,
  'shared/kustomization.yaml':
    'helmGlobals: {chartHome: vendor}\nhelmCharts: [{name: web, releaseName: rel}]\n',
  'shared/vendor/web/Chart.yaml': chartFile,
  'shared/vendor/web/values.yaml': 'color: green\nsize: small\n',
  'shared/vendor/web/templates/a.yaml': template,
  'missing/kustomization.yaml': 'helmCharts: [{name: gone}]\n',
  'private/kustomization.yaml':
    'helmCharts: [{name: web, version: 1.0.0, repo: "http://127.0.0.1:1"}]\n',
  'outside/kustomization.yaml':
    'helmGlobals: {chartHome: ../../etc}\nhelmCharts: [{name: web, releaseName: rel}]\n',
}
const cases = renderCasesOf(files, { 'kustomize.buildOptions': '--enable-helm' })

describe('a kustomization with charts, where the operator enables them', () => {
  it('is rendered with the values that it names and what the cluster can do (KUST-11, KUST-12)', async () => {
    const around = { kubeVersion: 'v1.30.11-gke.100', apiVersions: ['example.com/v1'] }
    expect(await cases.render({ path: 'app' }, around)).toMatchObject([
      {
        metadata: { name: 'p-rel' },
        data: { color: 'red', size: 'large', kube: 'v1.30.11', widgets: 'true' },
      },
    ])
  })

  it('tells charts what the source says of the cluster instead (KUST-11)', async () => {
    const kustomize = { kubeVersion: '1.21.0', apiVersions: ['v1'] }
    const around = { apiVersions: ['example.com/v1'] }
    expect(await cases.render({ path: 'app', kustomize }, around)).toMatchObject([
      { data: { kube: 'v1.21.0', widgets: 'false' } },
    ])
  })

  it('finds them in another folder', async () => {
    expect(await cases.render({ path: 'shared' })).toMatchObject([
      { metadata: { name: 'rel' }, data: { color: 'green' } },
    ])
  })

  it.each([
    ['missing', /^missing\/kustomization\.yaml: helmCharts: the chart gone is not in/],
    ['private', /127\.0\.0\.1:1, which the project default does not permit/],
    ['outside', /leaves the repository/],
  ])('says what it does not get: %s (H1, H3)', async (path, message) => {
    expect(await cases.refusal({ path })).toMatch(message)
  })

  it('is refused where the operator does not enable them', async () => {
    const closed = await openRenderCases()
    const refusal = await closed.refusal(await closed.repository(files), { path: 'app' })
    expect(refusal).toMatch(/^app\/kustomization\.yaml: the field helmCharts is not let through/)
    closed.close()
  })
})
