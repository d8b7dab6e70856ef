import { expect, it } from 'vitest'
import { readApplication } from './application.ts'
import { placementProblems } from './placement.ts'

const problemsOf = (destination: object, destinations: readonly object[]) => {
  const { application } = readApplication({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a', namespace: 'argocd' },
    spec: { source: { repoURL: 'https://git.example.com/a' }, destination },
  })
  const project = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace: 'argocd' },
    spec: { sourceRepos: ['*'], destinations },
  }
  return placementProblems(application, { project, isKnownCluster: true })
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
