import { describe, expect, it } from 'vitest'
import { chartsIn, checkFetched } from './kustomization-charts.ts'

const repo = 'https://charts.example.com'

describe('the charts that kustomize has Helm render (KUST-11)', () => {
  it('lie where kustomize looks for them', () => {
    const helmCharts = [
      { name: 'web', valuesFile: 'web.yaml', additionalValuesFiles: ['a.yaml'] },
      { name: 'db', repo, version: '1.2.3', valuesInline: { a: 'b' } },
    ]
    const file = 'k.yaml'
    expect(chartsIn({ helmCharts, helmGlobals: { chartHome: '../charts' } }, file)).toEqual({
      charts: [
        { name: 'web', repository: '', version: '*', place: '../charts/web', file },
        { name: 'db', repository: repo, version: '1.2.3', place: '../charts/db-1.2.3/db', file },
      ],
      files: ['web.yaml', 'a.yaml'],
    })
    expect(chartsIn({}, file)).toEqual({ charts: [], files: [] })
  })

  it.each([
    { name: 'web', releaseName: '--post-renderer=/bin/sh' },
    { name: '-x' },
    { name: '../web' },
    { name: 'web', namespace: '--kubeconfig=/root/.kube/config' },
    { name: 'web', version: '1/../../..', repo },
    { name: 'web', version: '--debug' },
    { name: 'web', kubeVersion: '--x' },
    { name: 'web', apiVersions: ['v1', '-x'] },
    { name: 'web', repo: '--x' },
    { name: 'web', debug: true },
    { name: 'web', nameTemplate: '--x' },
  ])('are refused where Helm could read an option: %j (H13)', (chart) => {
    expect(() => chartsIn({ helmCharts: [chart] }, 'k.yaml')).toThrow(/^k\.yaml: helmCharts: /)
  })

  it('have no settings of Helm, and an address when they are not there', () => {
    const helmGlobals = { configHome: '/root/.config/helm' }
    expect(() => chartsIn({ helmGlobals }, 'k.yaml')).toThrow('k.yaml: helmGlobals: only chartHome')
    const [chart] = chartsIn({ helmCharts: [{ name: 'web' }] }, 'k.yaml').charts
    expect(() => chart && checkFetched(chart)).toThrow(/^k\.yaml: helmCharts: the chart web/)
  })
})
