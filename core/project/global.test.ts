import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { globalsOf, readGlobalProjects, withGlobals } from './global.ts'

const project = (name: string, spec: object, labels = {}): Manifest => ({
  ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject' },
  metadata: { name, labels },
  spec,
})

describe('PROJ-15: global projects', () => {
  it('are chosen by the labels of a project, and none is its own', () => {
    const rules = readGlobalProjects(`
- projectName: everywhere
  labelSelector: {}
- projectName: closed
  labelSelector:
    matchLabels: {stage: prod}
    matchExpressions:
    - {key: team, operator: In, values: [a, b]}
    - {key: free, operator: DoesNotExist}
`)
    const names = (name: string, labels: object) => globalsOf(rules, project(name, {}, labels))
    expect(names('shop', {})).toEqual(['everywhere'])
    expect(names('shop', { stage: 'prod', team: 'b' })).toEqual(['everywhere', 'closed'])
    expect(names('shop', { stage: 'prod', team: 'b', free: '' })).toEqual(['everywhere'])
    expect(names('everywhere', {})).toEqual([])
  })

  it('add to the lists of a project, and leave the rest of it alone', () => {
    const own = project('shop', {
      ...{ sourceRepos: ['a'], namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }] },
      sourceNamespaces: ['own'],
    })
    const global = project('everywhere', {
      ...{ sourceRepos: ['b'], sourceNamespaces: ['theirs'], roles: [{ name: 'x' }] },
      namespaceResourceBlacklist: [{ group: '', kind: 'Pod' }],
      syncWindows: [{ kind: 'deny' }],
    })
    expect(withGlobals(own, [global]).spec).toEqual({
      ...{ sourceRepos: ['a', 'b'], sourceNamespaces: ['own'], syncWindows: [{ kind: 'deny' }] },
      namespaceResourceBlacklist: [
        { group: '', kind: 'Secret' },
        { group: '', kind: 'Pod' },
      ],
    })
    expect(withGlobals(own, []).spec).toEqual(own.spec)
  })

  it.each([
    ['- {projectName: a, labelSelector: {matchExpressions: [{key: a, operator: Near}]}}', /Near/],
    ['projectName: a', /a list/],
    ['- {', /globalProjects:/],
  ])('%s is refused', (text, problem) => {
    expect(() => readGlobalProjects(text)).toThrow(problem)
  })

  it('are none where the settings say nothing', () => {
    expect(readGlobalProjects('')).toEqual([])
  })
})
