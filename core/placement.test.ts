import { expect, it } from 'vitest'
import { readApplication } from './application.ts'
import type { DeclaredCluster } from './cluster/declared.ts'
import { placementProblems } from './placement.ts'

const control = 'https://127.0.0.1:6443'

const problemsOf = (
  destination: object,
  destinations: readonly object[],
  declared: readonly DeclaredCluster[] = [],
  more: object = {},
  namespace = 'argocd',
) => {
  const { application } = readApplication({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a', namespace },
    spec: { source: { repoURL: 'https://git.example.com/a' }, destination },
  })
  const project = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: 'argocd' },
    spec: { sourceRepos: ['*'], destinations, ...more },
  }
  return placementProblems(application, {
    project,
    clusters: { declared, control },
    controlNamespace: 'argocd',
  })
}
const byName = { name: 'in-cluster', namespace: 'shop' }
const byAddress = { server: 'https://kubernetes.default.svc', namespace: 'shop' }

it.each([
  [{ server: '*', namespace: '*' }],
  [{ name: 'in-cluster', namespace: 'shop' }],
  [{ server: 'https://kubernetes.default.svc', namespace: 'shop' }],
])('permits the control cluster by name and by address where the project says %j', (rule) => {
  expect(problemsOf(byName, [rule])).toEqual([])
  expect(problemsOf(byAddress, [rule])).toEqual([])
})

it('names the destination that the project does not permit (PROJ-02)', () => {
  expect(problemsOf(byName, [{ server: '*', namespace: 'other' }])).toEqual([
    'spec.destination: the project default does not permit in-cluster shop; add it to its destinations',
  ])
})

const everywhere = [{ server: '*', namespace: '*' }]

it('names the repository that the project does not permit (SRC-01, PROJ-01)', () => {
  const sourceRepos = ['https://other.example.com/*']
  expect(problemsOf(byName, everywhere, [], { sourceRepos })).toEqual([
    'spec.source.repoURL: the project default does not permit https://git.example.com/a; add it to its sourceRepos',
  ])
})

const stage = (more: Partial<DeclaredCluster> = {}): DeclaredCluster => ({
  ...{ secret: 'stage', name: 'stage', server: 'https://stage:6443', access: {}, problems: [] },
  ...more,
})

it('permits a declared cluster by its name where the project names its address, and the other way round', () => {
  const [named, addressed] = [{ name: 'stage' }, { server: 'https://stage:6443' }]
  for (const destination of [named, addressed])
    for (const rule of [named, addressed])
      expect(
        problemsOf(
          { ...destination, namespace: 'shop' },
          [{ ...rule, namespace: 'shop' }],
          [stage()],
        ),
      ).toEqual([])
})

it('says what to do about a cluster that nobody declares (CLUS-11)', () => {
  expect(problemsOf({ name: 'stage', namespace: 'shop' }, everywhere)).toEqual([
    expect.stringContaining('the cluster stage is not known here; declare it in a Secret'),
  ])
})

it('keeps a cluster of a project for the Applications of this project (PROJ-16)', () => {
  const problems = (project: string) =>
    problemsOf({ name: 'stage' }, everywhere, [stage({ project })])
  expect(problems('default')).toEqual([])
  expect(problems('other')).toEqual([
    'spec.destination: the cluster stage is for Applications of the project other only',
  ])
})

it('permits only clusters of the project where it says so (PROJ-11)', () => {
  const problems = (declared: DeclaredCluster) =>
    problemsOf({ name: 'stage' }, everywhere, [declared], { permitOnlyProjectScopedClusters: true })
  expect(problems(stage({ project: 'default' }))).toEqual([])
  expect(problems(stage())).toHaveLength(1)
})

it('permits other namespaces than the control namespace only where the project names them (APP-13, PROJ-03)', () => {
  const problems = (sourceNamespaces: readonly string[] | undefined) =>
    problemsOf(byName, everywhere, [], { sourceNamespaces }, 'team-a')
  expect(problems(['team-*'])).toEqual([])
  for (const rules of [undefined, ['other']])
    expect(problems(rules)).toEqual([
      'metadata.namespace: the project default does not permit Applications in the namespace team-a; add it to its sourceNamespaces',
    ])
})
