import { describe, expect, test } from 'vitest'
import { InvalidSpecError } from '../errors.ts'
import { type TargetOptions, targetManifests } from './target.ts'
import { parseManifests } from './yaml.ts'

const scopes: Readonly<Record<string, 'namespaced' | 'cluster'>> = {
  '/ConfigMap': 'namespaced',
  '/Secret': 'namespaced',
  'batch/Job': 'namespaced',
  'rbac.authorization.k8s.io/ClusterRole': 'cluster',
}
const options: TargetOptions = {
  namespace: 'shop',
  scopeOf: (group, kind) => scopes[`${group}/${kind}`],
  tracking: { instance: 'web', label: 'abc' },
  leavesAlone: () => false,
}
const targets = (text: string, changed: Partial<TargetOptions> = {}) =>
  targetManifests(parseManifests(text, 'a.yaml'), { ...options, ...changed })

describe('APP-04: namespaces', () => {
  test.each([
    ['a namespaced object without one', 'v1', 'ConfigMap', '{name: a}', 'shop'],
    ['a namespaced object with its own', 'v1', 'ConfigMap', '{name: a, namespace: own}', 'own'],
    ['an empty namespace', 'v1', 'ConfigMap', '{name: a, namespace: ""}', 'shop'],
    ['a kind that nobody knows', 'example.com/v1', 'Widget', '{name: a}', 'shop'],
    [
      'a cluster-scoped object',
      'rbac.authorization.k8s.io/v1',
      'ClusterRole',
      '{name: a, namespace: x}',
      undefined,
    ],
  ])('%s', (_, apiVersion, kind, metadata, expected) => {
    const { manifests } = targets(
      `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\n`,
    )
    expect(manifests[0]?.metadata.namespace).toBe(expected)
  })

  test('an object for which nobody names a namespace is refused, with its place', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'
    expect(() => targets(text, { namespace: '' })).toThrow(InvalidSpecError)
    expect(() => targets(text, { namespace: '' })).toThrow(
      /^a\.yaml:1: ConfigMap a has no namespace/,
    )
  })
})

const configMap = (value: number, namespace = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: "${namespace}"}\nvalue: ${value}\n---\n`

test('APP-06: of equal keys the last one is used, with a warning that names the places', () => {
  const { manifests, warnings } = targets(
    configMap(1) + configMap(2, 'other') + configMap(3, 'shop'),
  )
  expect(manifests.map(({ value, metadata }) => [value, metadata.namespace])).toEqual([
    [2, 'other'],
    [3, 'shop'],
  ])
  expect(warnings).toEqual([
    {
      type: 'RepeatedResourceWarning',
      message: 'ConfigMap shop/a is declared 2 times (a.yaml:1, a.yaml:11); the last one is used',
    },
  ])
})

test('objects with generateName are never the same', () => {
  const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n---\n'
  const { manifests, warnings } = targets(job + job)
  expect([manifests.length, warnings.length]).toEqual([2, 0])
})

test('the stringData of a Secret is folded into data, where it wins', () => {
  const { manifests } = targets(
    'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {a: b2xk, b: Yg==}\nstringData: {a: "new ü"}\n',
  )
  expect(manifests[0]).toMatchObject({ data: { a: btoa('new \xc3\xbc'), b: 'Yg==' } })
  expect(manifests[0]).not.toHaveProperty('stringData')
})

test('what only the server writes is dropped, and everything is tracked', () => {
  const { manifests } = targets(`
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  uid: u
  resourceVersion: "7"
  generation: 3
  creationTimestamp: null
  selfLink: /x
  managedFields: [{manager: kubectl}]
  labels: null
status: {phase: Active}
data: {a: b}
`)
  expect(manifests).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { a: 'b' },
      metadata: {
        name: 'a',
        namespace: 'shop',
        labels: { 'driftless.dev/application': 'abc' },
        annotations: { 'argocd.argoproj.io/tracking-id': 'web:/ConfigMap:shop/a' },
      },
    },
  ])
})

describe('SYNCP-08, OPT-16: the namespace that is ours to keep', () => {
  const namespaceMetadata = { labels: { team: 'a' } }
  const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}'

  test('is declared with its labels and annotations, and carries no tracking', () => {
    const [namespace] = targets(object, { namespaceMetadata }).manifests
    expect(namespace).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'shop', ...namespaceMetadata },
    })
  })

  test('is left to a manifest that declares it', () => {
    const own = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}'
    const scopeOf = (_group: string, kind: string) =>
      kind === 'Namespace' ? ('cluster' as const) : ('namespaced' as const)
    const { manifests } = targets(`${object}\n---\n${own}`, { namespaceMetadata, scopeOf })
    const namespaces = manifests.filter(({ kind }) => kind === 'Namespace')
    expect(namespaces.map(({ metadata }) => metadata.labels?.team)).toEqual([undefined])
  })
})

test('DIFF-16: what is left alone is not deployed, with a warning that names the places', () => {
  const text = configMap(1) + configMap(2, 'other')
  const { manifests, warnings } = targets(text, { leavesAlone: ({ kind }) => kind === 'ConfigMap' })
  expect(manifests).toEqual([])
  expect(warnings).toEqual([
    {
      type: 'ExcludedResourceWarning',
      message: expect.stringMatching(/^\/ConfigMap is left alone .*a\.yaml:1, a\.yaml:\d+$/),
    },
  ])
})

test('DIFF-12: a value of a Secret that is null is an empty one', () => {
  const text =
    'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {one: null}\nstringData: {two: x}\n'
  expect(targets(text).manifests[0]?.data).toEqual({ one: '', two: 'eA==' })
  expect(targets(text.replace(/stringData.*\n/, '')).manifests[0]?.data).toEqual({ one: '' })
})
