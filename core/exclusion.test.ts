import { describe, expect, test } from 'vitest'
import { readCustomizations } from './customization.ts'
import { isExcluded, noKindRules } from './exclusion.ts'

const here = 'https://kubernetes.default.svc'
const pods = { group: '', kind: 'Pod' }
const policies = { group: 'kyverno.io', kind: 'PolicyReport' }
const rules = (data: Readonly<Record<string, string>>) => readCustomizations(data).kinds

describe('DIFF-16: kinds that are left alone', () => {
  test.each([
    ['', 'Event'],
    ['events.k8s.io', 'Event'],
    ['metrics.k8s.io', 'PodMetrics'],
    ['coordination.k8s.io', 'Lease'],
  ])('%s/%s always is, since clusters write it for themselves', (group, kind) => {
    expect(isExcluded(noKindRules, { group, kind }, here)).toBe(true)
    const all = rules({ 'resource.inclusions': '- {apiGroups: ["*"], kinds: ["*"]}' })
    expect(isExcluded(all, { group, kind }, here)).toBe(true)
  })

  test('nothing else is where the settings say nothing', () => {
    expect(isExcluded(noKindRules, pods, here)).toBe(false)
  })

  test('exclusions name groups and clusters by globs, kinds exactly; an empty list is all', () => {
    const some = rules({
      'resource.exclusions': `
- apiGroups: ["*.io"]
  kinds: [PolicyReport]
  clusters: ["https://kubernetes.*"]
- kinds: [Endpoints]
`,
    })
    expect(isExcluded(some, policies, here)).toBe(true)
    expect(isExcluded(some, { ...policies, kind: 'Policy' }, here)).toBe(false)
    expect(isExcluded(some, policies, 'https://stage.example.com')).toBe(false)
    expect(isExcluded(some, { group: '', kind: 'Endpoints' }, here)).toBe(true)
    expect(isExcluded(some, pods, here)).toBe(false)
  })

  test('with inclusions only what they name is ours, and an exclusion still wins', () => {
    const some = rules({
      'resource.inclusions': '- apiGroups: [""]\n  kinds: ["*"]',
      'resource.exclusions': '- apiGroups: [""]\n  kinds: [Pod]',
    })
    expect(isExcluded(some, { group: '', kind: 'Service' }, here)).toBe(false)
    expect(isExcluded(some, policies, here)).toBe(true)
    expect(isExcluded(some, pods, here)).toBe(true)
  })

  test('a setting that is no YAML is told and excludes nothing', () => {
    const { kinds, problems } = readCustomizations({ 'resource.exclusions': '- {' })
    expect(kinds).toEqual(noKindRules)
    expect(problems).toEqual([expect.stringContaining('resource.exclusions')])
  })
})
