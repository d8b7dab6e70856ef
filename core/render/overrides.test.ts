import { describe, expect, it } from 'vitest'
import { RenderError } from '../errors.ts'
import { isOverrideFile, overrideFiles, withOverrides } from './overrides.ts'

const source = {
  repoURL: 'https://git.example.com/shop.git',
  path: 'web',
  targetRevision: 'main',
  helm: {
    parameters: [{ name: 'a', value: '1' }],
    releaseName: 'web',
    valuesObject: { x: 1, y: 2 },
  },
}
const over = (text: string) => withOverrides(source, text, '.argocd-source.yaml')

describe('parameters in the repository (SRC-12)', () => {
  it('are merged over those of the Application; lists are replaced and null takes away', () => {
    const text = `
helm:
  parameters: [{name: b, value: "2"}]
  releaseName: null
  valuesObject: {y: 3}
`
    expect(over(text)).toMatchObject({
      helm: { parameters: [{ name: 'b', value: '2' }], valuesObject: { x: 1, y: 3 } },
    })
    expect(over(text).helm).not.toHaveProperty('releaseName')
  })

  it('never change where the manifests come from', () => {
    const text = `
repoURL: https://evil.example.com/x.git
path: ../..
targetRevision: other
chart: nginx
`
    const { repoURL, path, targetRevision } = source
    expect(over(text)).toMatchObject({ repoURL, path, targetRevision })
    expect((over(text) as { chart?: string }).chart).toBeUndefined()
  })

  it('leave everything as it is when the file is empty', () => {
    expect(over('')).toMatchObject(source)
    expect(over('# later\n')).toMatchObject(source)
  })

  it.each([
    [
      'a field of the wrong kind',
      'helm: {skipCrds: maybe}',
      /\.argocd-source\.yaml: helm\.skipCrds/,
    ],
    [
      'a second tool',
      'kustomize: {namePrefix: a}',
      /multiple application sources.*helm, kustomize/,
    ],
    ['broken YAML', 'helm: [', /\.argocd-source\.yaml:1/],
  ])('are refused with the name of the file: %s', (_, text, message) => {
    expect(() => over(text)).toThrow(RenderError)
    expect(() => over(text)).toThrow(message)
  })

  it('cannot swell by aliases (H12)', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
    )
    expect(() => over(`a0: &a0 [x]\n${levels.join('\n')}\n`)).toThrow(/holds more than/)
  })

  it('lie in a file for all applications and one for each, with its namespace where it needs one', () => {
    expect(overrideFiles('web')).toEqual(['.argocd-source.yaml', '.argocd-source-web.yaml'])
    expect(overrideFiles('team_web')[1]).toBe('.argocd-source-team_web.yaml')
    expect(['x/.argocd-source.yaml', '.argocd-source-a.yaml'].every(isOverrideFile)).toBe(true)
    expect(isOverrideFile('argocd-source.yaml')).toBe(false)
  })
})
