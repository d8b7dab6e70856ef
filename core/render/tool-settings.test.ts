import { describe, expect, it } from 'vitest'
import { readToolSettings } from './tool-settings.ts'

function read(settings: Readonly<Record<string, string>>) {
  return readToolSettings((key) => settings[key])
}

describe('what the operator says of the renderers', () => {
  it('switches tools off (SRC-11)', () => {
    const { isOn } = read({ 'kustomize.enable': 'false', 'helm.enable': 'true' })
    expect(['Helm', 'Kustomize', 'Jsonnet'].map(isOn)).toEqual([true, false, true])
  })

  it('gives options to kustomize, one version its own (KUST-12)', () => {
    const { buildOptions } = read({
      'kustomize.buildOptions': '--load_restrictor LoadRestrictionsNone --enable-managedby-label',
      'kustomize.buildOptions.v4': '--reorder=none',
    })
    expect(buildOptions('')).toEqual([
      '--load-restrictor=LoadRestrictionsNone',
      '--enable-managedby-label',
    ])
    expect(buildOptions('v4')).toEqual(['--reorder=none'])
    expect(buildOptions('v5')).toEqual(buildOptions(''))
    expect(read({}).buildOptions('')).toEqual([])
  })

  it.each([
    '--helm-command /bin/sh',
    '--enable-exec',
    '--load-restrictor none',
    '-o /tmp/x',
    '--reorder',
  ])('cannot say %s, and is told which key does (H13)', (options) => {
    const { buildOptions } = read({ 'kustomize.buildOptions': options })
    expect(() => buildOptions('')).toThrow(/^kustomize\.buildOptions in argocd-cm: .*not let/)
  })

  it.each([
    [undefined, 10_000_000],
    ['64Mi', 64 * 1024 * 1024],
    ['0', undefined],
  ])('lets the manifests of a directory have %s together: %s bytes (SRC-19)', (size, bytes) => {
    const key = 'reposerver.max.combined.directory.manifests.size'
    expect(read(size === undefined ? {} : { [key]: size }).directoryBytes).toBe(bytes)
    expect(() => read({ [key]: 'lots' }).directoryBytes).toThrow(`${key}: lots is no number`)
  })

  it('shows plugins not all files (DIR-11)', () => {
    expect(read({}).pluginExclusions).toEqual([])
    const exclusions = { 'reposerver.plugin.tar.exclusions': '.git/*; *.md;' }
    expect(read(exclusions).pluginExclusions).toEqual(['.git/*', '*.md'])
  })

  it('permits value files at https addresses, unless it says otherwise (HELM-01)', () => {
    expect(read({}).valueSchemes).toEqual(['https'])
    expect(read({ 'helm.valuesFileSchemes': 'http, https' }).valueSchemes).toEqual([
      'http',
      'https',
    ])
  })
})
