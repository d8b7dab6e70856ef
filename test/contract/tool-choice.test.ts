import { describe, expect, it } from 'vitest'
import { configMap } from '../harness/application.ts'
import { type OneRepository, openRenderCases, renderCasesOf } from './render-cases.ts'

const files = {
  'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'app/templates/a.yaml': configMap('of-helm', '1'),
  'app/kustomization.yaml': 'namePrefix: of-\nresources: [b.yaml]\n',
  'app/b.yaml': configMap('kustomize', '1'),
}
const cases = renderCasesOf(files)

type Render = OneRepository['render']

const namesBy = async (render: Render, source: Parameters<Render>[0] = {}) =>
  (await render({ path: 'app', ...source })).map(({ metadata }) => metadata.name)

describe('what renders a folder', () => {
  it('is told by its files, and before them by the source (SRC-10)', async () => {
    expect(await namesBy(cases.render)).toEqual(['of-helm'])
    expect(await namesBy(cases.render, { helm: {} })).toEqual(['of-helm'])
    expect(await namesBy(cases.render, { kustomize: { nameSuffix: '-x' } })).toEqual([
      'of-kustomize-x',
    ])
    const directory = { exclude: '{Chart,kustomization}.yaml' }
    expect(await namesBy(cases.render, { directory })).toEqual(['kustomize'])
    const two = { helm: { releaseName: 'a' }, kustomize: { nameSuffix: 'b' } }
    expect(await cases.refusal({ path: 'app', ...two })).toContain(
      'multiple application sources defined: helm, kustomize',
    )
  })

  it('is no tool that the operator switched off: its files are manifests then (SRC-11)', async () => {
    const off = await openRenderCases({ 'helm.enable': 'false', 'kustomize.enable': 'false' })
    const directory = { exclude: '{Chart,kustomization}.yaml' }
    expect(await namesBy((source) => off.render(cases.url, source), { directory })).toEqual([
      'kustomize',
    ])
    // a chart is no manifest: the folder is read as it stands
    expect(await off.refusal(cases.url, { path: 'app' })).toMatch(
      /^app\/Chart\.yaml:\d+: .*kind is/,
    )
    off.close()
  })
})
