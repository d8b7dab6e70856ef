import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configMap } from '../harness/application.ts'
import { openRenderCases, type RenderCases } from './render-cases.ts'

const files = {
  'app/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'app/templates/a.yaml': configMap('of-helm', '1'),
  'app/kustomization.yaml': 'namePrefix: of-\nresources: [b.yaml]\n',
  'app/b.yaml': configMap('kustomize', '1'),
}
let cases: RenderCases
let url = ''

beforeAll(async () => {
  cases = await openRenderCases()
  url = await cases.repository(files)
})
afterAll(() => cases.close())

const namesIn = async (world: RenderCases, source: Parameters<RenderCases['render']>[1] = {}) =>
  (await world.render(url, { path: 'app', ...source })).map(({ metadata }) => metadata.name)

describe('what renders a folder', () => {
  it('is told by its files, and before them by the source (SRC-10)', async () => {
    expect(await namesIn(cases)).toEqual(['of-helm'])
    expect(await namesIn(cases, { helm: {} })).toEqual(['of-helm'])
    expect(await namesIn(cases, { kustomize: { nameSuffix: '-x' } })).toEqual(['of-kustomize-x'])
    const directory = { exclude: '{Chart,kustomization}.yaml' }
    expect(await namesIn(cases, { directory })).toEqual(['kustomize'])
    const two = { helm: { releaseName: 'a' }, kustomize: { nameSuffix: 'b' } }
    expect(await cases.refusal(url, { path: 'app', ...two })).toContain(
      'multiple application sources defined: helm, kustomize',
    )
  })

  it('is no tool that the operator switched off: its files are manifests then (SRC-11)', async () => {
    const off = await openRenderCases({ 'helm.enable': 'false', 'kustomize.enable': 'false' })
    const directory = { exclude: '{Chart,kustomization}.yaml' }
    expect(await namesIn(off, { directory })).toEqual(['kustomize'])
    // a chart is no manifest: the folder is read as it stands
    expect(await off.refusal(url, { path: 'app' })).toMatch(/^app\/Chart\.yaml:\d+: .*kind is/)
    off.close()
  })
})
