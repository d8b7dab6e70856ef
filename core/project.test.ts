import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { InvalidSpecError } from './errors.ts'
import { globMatch } from './glob.ts'
import {
  type AppProjectSpec,
  defaultProjectSpec,
  permits,
  permitsDestination,
  permitsKind,
  permitsNamespace,
  permitsSource,
  readProject,
} from './project.ts'

const rows = readFileSync(`${import.meta.dirname}/project/testdata/permitted.jsonl`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
const named = (prefix: string) => rows.filter(({ id }) => id.startsWith(prefix))

describe('recorded cases', () => {
  test.each(named('source/'))('PROJ-01: $id', ({ project, app, expected }) => {
    expect(permitsSource(project, app.repoURL)).toBe(expected.permitted)
  })
  test.each(named('destination/'))('PROJ-02, PROJ-11: $id', ({ project, app, expected }) => {
    const got = permitsDestination(project, app.destination, project.projectClusters)
    expect(got).toBe(expected.permitted)
  })
  test.each(named('resource-kind/'))('PROJ-04, PROJ-05: $id', ({ project, resource, expected }) => {
    expect(permitsKind(project, resource)).toBe(expected.permitted)
  })
  test.each(named('TestGlobMatch/'))('$id', ({ input, expected }) => {
    expect(globMatch(input.pattern, input.val)).toBe(expected.expected)
  })
})

const server = 'https://kubernetes.default.svc'

test('PROJ-14: the default project permits everything', () => {
  const request = {
    repoURL: 'git@example.com:any/thing.git',
    destination: { server, namespace: 'x' },
  }
  expect(permits(defaultProjectSpec, request)).toBe(true)
  expect(permits(defaultProjectSpec, { ...request, destination: { name: 'in-cluster' } })).toBe(
    false,
  )
  const role = { group: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' }
  expect(permitsKind(defaultProjectSpec, { ...role, namespaced: false })).toBe(true)
  expect(permitsKind(defaultProjectSpec, { ...role, namespaced: true })).toBe(true)
})

test('PROJ-01: a repository needs a rule that allows it, and none that denies it', () => {
  const permitted = (repoURL: string, ...sourceRepos: readonly string[]) =>
    permitsSource({ sourceRepos }, `https://git.example.com/${repoURL}`)
  const all = 'https://git.example.com/*/*'
  expect(permitted('shop/web', all)).toBe(true)
  expect(permitted('shop/web/more', all)).toBe(false)
  expect(permitted('shop/web/more', 'https://git.example.com/**')).toBe(true)
  expect(permitted('shop/web/more', '*')).toBe(true)
  expect(permitted('shop/vault', '*', '!https://git.example.com/shop/vault')).toBe(false)
  expect(permitted('shop/web', '*', '!https://git.example.com/shop/vault')).toBe(true)
})

test('an empty project permits nothing but namespaced kinds', () => {
  expect(permitsSource({}, 'https://a')).toBe(false)
  expect(permitsDestination({}, { server, namespace: 'a' })).toBe(false)
})

test.each<[string, AppProjectSpec, boolean, boolean]>([
  ['PROJ-04: no whitelist permits no cluster-scoped kind', {}, false, true],
  ['PROJ-05: an empty whitelist permits nothing', { namespaceResourceWhitelist: [] }, false, false],
  [
    'PROJ-04, PROJ-05: a blacklist wins',
    {
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      clusterResourceBlacklist: [{ group: 'example.com', kind: 'Wid*' }],
      namespaceResourceBlacklist: [{ group: '*', kind: 'Widget' }],
    },
    false,
    false,
  ],
])('%s', (_, project, cluster, namespaced) => {
  const widget = { group: 'example.com', kind: 'Widget', name: 'a' }
  expect(permitsKind(project, { ...widget, namespaced: false })).toBe(cluster)
  expect(permitsKind(project, { ...widget, namespaced: true })).toBe(namespaced)
})

test('PROJ-02: a deny rule for one cluster does not hinder another', () => {
  const project = {
    destinations: [
      { server, namespace: '!kube-system' },
      { server: 'https://other', namespace: '*' },
    ],
  }
  const permitted = (destination: { server: string; namespace: string }) =>
    permitsDestination(project, destination)
  expect(permitted({ server, namespace: 'kube-system' })).toBe(false)
  expect(permitted({ server: 'https://other', namespace: 'kube-system' })).toBe(true)
  expect(permitted({ server: 'https://third', namespace: 'a' })).toBe(false)
})

test('PROJ-03: Applications live where a glob or an expression between slashes says', () => {
  const project = { sourceNamespaces: ['team-*', '/^((?!argocd).)*-apps$/', '/(/'] }
  const permitted = (namespace: string) => permitsNamespace(project, namespace)
  expect(['team-a', 'shop-apps'].filter(permitted)).toHaveLength(2)
  expect(['shop', 'my-argocd-apps', '/(/x'].filter(permitted)).toEqual([])
})

test('PROJ-11: only clusters of the project', () => {
  const project = { ...defaultProjectSpec, permitOnlyProjectScopedClusters: true }
  expect(permitsDestination(project, { server, namespace: 'a' })).toBe(false)
  expect(permitsDestination(project, { server, namespace: 'a' }, [{ server }])).toBe(true)
})

test('a malformed project is refused with the field', () => {
  const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', metadata: { name: 'a' } }
  expect(readProject({ ...head, spec: { more: 1 } }).spec).toEqual({ more: 1 })
  const wrong = () => readProject({ ...head, spec: { sourceRepos: '*' } })
  expect(wrong).toThrow(InvalidSpecError)
  expect(wrong).toThrow('spec.sourceRepos')
})
