import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  historyLimit,
  isAutomated,
  projectOf,
  readApplication,
  sourceOf,
  syncOption,
} from './application.ts'
import { InvalidSpecError } from './errors.ts'
import { parseManifests } from './manifest/yaml.ts'

const good = {
  source: { repoURL: 'https://git.example.com/shop.git', path: 'apps/web', targetRevision: 'main' },
  destination: { server: 'https://kubernetes.default.svc', namespace: 'shop' },
}
const application = (spec: object) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web', namespace: 'argocd' },
  spec,
})
const read = (changes: object) => readApplication(application({ ...good, ...changes }))
const source = (changes: object) => ({ source: { ...good.source, ...changes } })

test('a plain Application has no problems and nothing that is not built', () => {
  const { problems, unbuilt } = read({
    syncPolicy: {
      automated: { prune: true, selfHeal: true },
      syncOptions: ['ApplyOutOfSyncOnly=true'],
    },
    ...source({ directory: { recurse: true, include: '*.yaml' } }),
  })
  expect({ problems, unbuilt }).toEqual({ problems: [], unbuilt: [] })
})

test('APP-01: no field is lost, known or not', () => {
  const file = `${import.meta.dirname}/application/testdata/full-application.yaml`
  const [full] = parseManifests(readFileSync(file, 'utf8'), file)
  const { application: got, problems } = readApplication(full?.manifest)
  expect(problems).toEqual([])
  expect(got).toStrictEqual(full?.manifest)
})

describe('problems name the field and what to do', () => {
  test.each([
    ['APP-03 neither', { destination: { namespace: 'a' } }, /^spec\.destination: give the cluster/],
    ['APP-03 both', { destination: { server: 'https://a', name: 'a' } }, /either server or name/],
    ['APP-03 no address', { destination: { server: 'cluster' } }, /spec\.destination\.server/],
    ['no destination', { destination: undefined }, /^spec\.destination: give the cluster/],
    ['no source', { source: undefined }, /^spec\.source: is missing/],
    ['SRC-01 no repository', source({ repoURL: '' }), /^spec\.source\.repoURL: is missing/],
    ['an option as repository', source({ repoURL: '--upload-pack=x' }), /repoURL: must not start/],
    ['an option as revision', source({ targetRevision: '--all' }), /targetRevision: is not/],
    ['SRC-02 path leaves', source({ path: 'a/../../b' }), /must stay inside the repository/],
    ['SRC-02 absolute path', source({ path: '/etc' }), /must stay inside the repository/],
    ['no path', source({ path: '' }), /^spec\.source: give path/],
    ['SRC-07 chart and path', source({ chart: 'web' }), /path: must be empty when chart is set/],
    [
      'SRC-10 two tools',
      source({ helm: { version: 'v3' }, kustomize: { namePrefix: 'a' } }),
      /multiple application sources defined: helm, kustomize/,
    ],
    [
      'APP-06 several',
      { sources: [good.source, { path: 'a' }] },
      /^spec\.sources\[1\]\.repoURL: is missing/,
    ],
    [
      'SRC-08 two of the same ref',
      { sources: [1, 2].map(() => ({ repoURL: 'https://a', ref: 'values' })) },
      /^spec\.sources\[1\]\.ref: values is the ref of an earlier source/,
    ],
    [
      'SRC-08 no name of a ref',
      { sources: [{ repoURL: 'https://a', ref: 'a/b' }] },
      /^spec\.sources\[0\]\.ref: use letters/,
    ],
    [
      'wrong type',
      { syncPolicy: { automated: { prune: 'yes' } } },
      /^spec\.syncPolicy\.automated\.prune: /,
    ],
    ['APP-11', { revisionHistoryLimit: -1 }, /^spec\.revisionHistoryLimit: /],
  ])('%s', (_, changes, message) => {
    const { problems } = read(changes)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(message)
  })

  test('a malformed field is left out, the rest can still be worked with', () => {
    const { application: got, problems } = read({
      syncPolicy: 7,
      info: [{ name: 1 }, { name: 'a' }],
    })
    expect(problems.map((problem) => problem.split(':')[0]).sort()).toEqual([
      'spec.info[0].name',
      'spec.syncPolicy',
    ])
    expect(sourceOf(got)).toEqual(good.source)
  })

  test('null is the same as absent', () => {
    const { problems } = read({ syncPolicy: { automated: null }, ...source({ helm: null }) })
    expect(problems).toEqual([])
  })

  test('an unfit operation is no reason to refuse the spec', () => {
    const { problems } = readApplication({
      ...application(good),
      operation: { sync: { prune: 'x' } },
    })
    expect(problems).toEqual([])
  })

  test('what is no Application is refused', () => {
    expect(() => readApplication({ kind: 'Pod' })).toThrow(InvalidSpecError)
    expect(() => readApplication(null)).toThrow(InvalidSpecError)
  })
})

test('fields that are not built yet are named, options that nobody knows are not (SYNCP-09)', () => {
  const { unbuilt } = read({
    sources: [{ ...good.source, plugin: { name: 'a' }, kustomize: {} }],
    syncPolicy: {
      retry: { limit: 1 },
      syncOptions: ['ServerSideApply=false', 'Replace=maybe', 'Mine=1'],
    },
    ignoreDifferences: [{ kind: 'Deployment' }],
  })
  expect(unbuilt).toEqual(['spec.syncPolicy.syncOptions (Replace=maybe)'])
  expect(read({ sources: [good.source, good.source] }).unbuilt).toEqual([])
})

test.each([
  ['SYNCP-01', { automated: {} }, true],
  ['SYNCP-01 off', { automated: { enabled: false, prune: true } }, false],
  ['APP-08', undefined, false],
  ['APP-08 options only', { syncOptions: [] }, false],
])('%s: automated', (_, syncPolicy, expected) => {
  expect(isAutomated(read({ syncPolicy }).application)).toBe(expected)
})

test('SYNCP-09: the last value of an option counts', () => {
  const syncOptions = ['CreateNamespace=false', 'CreateNamespace=true', 'x']
  const { application: got } = read({ syncPolicy: { syncOptions } })
  expect(syncOption(got, 'CreateNamespace')).toBe('true')
  expect(syncOption(got, 'Create')).toBeUndefined()
})

test('APP-02, APP-05, APP-11: defaults', () => {
  const { application: got } = read({ project: '', sources: [] })
  expect(projectOf(got)).toBe('default')
  expect(sourceOf(got)).toEqual(good.source)
  expect(historyLimit(got)).toBe(10)
  expect(historyLimit(read({ revisionHistoryLimit: 0 }).application)).toBe(0)
})
