import { expect, it } from 'vitest'
import { createProjects } from './projects.ts'

const project = (name: string, spec: object, status = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name },
  spec,
  status,
})

it('tells of a project that came, went or says something else, and of nothing else', () => {
  const projects = createProjects()
  const told: string[] = []
  projects.put(project('known', {}))
  projects.subscribe((name) => told.push(name))
  projects.put(project('known', {}, { jwtTokensByRole: {} }))
  expect(told).toEqual([])
  expect(projects.all()).toHaveLength(1)
  projects.put(project('new', {}))
  projects.put(project('known', { sourceRepos: ['*'] }))
  expect(projects.get('known')?.spec).toEqual({ sourceRepos: ['*'] })
  projects.remove(project('new', {}))
  projects.remove(project('new', {}))
  projects.listed([])
  expect(told).toEqual(['new', 'known', 'new', 'known'])
  const going = { ...project('going', {}), metadata: { name: 'going' } }
  projects.put(going)
  projects.put({ ...going, metadata: { name: 'going', deletionTimestamp: '2026-01-01T00:00:00Z' } })
  expect(told.slice(4)).toEqual(['going', 'going'])
  expect(projects.get('known')).toBeUndefined()
})

it('PROJ-15: a project has what its global projects say, and is told of when one of them changes', () => {
  let setting = '- {projectName: global, labelSelector: {matchLabels: {stage: prod}}}'
  const errors: unknown[] = []
  const projects = createProjects({
    setting: () => setting,
    onError: (error) => errors.push(error),
  })
  const labelled = { ...project('shop', { sourceRepos: ['a'] }) }
  projects.put({ ...labelled, metadata: { name: 'shop', labels: { stage: 'prod' } } })
  expect(projects.get('shop')?.spec).toEqual({ sourceRepos: ['a'] })
  const told: string[] = []
  projects.subscribe((name) => told.push(name))
  projects.put(project('global', { sourceRepos: ['b'] }))
  expect(told).toEqual(['global', 'shop'])
  expect(projects.get('shop')?.spec).toEqual({ sourceRepos: ['a', 'b'] })
  setting = '- {'
  expect(projects.get('shop')?.spec).toEqual({ sourceRepos: ['a', 'b'] })
  expect(projects.get('shop')?.spec).toEqual({ sourceRepos: ['a', 'b'] })
  expect(errors).toHaveLength(1)
  projects.put(labelled)
  expect(projects.get('shop')?.spec).toEqual({ sourceRepos: ['a'] })
  expect(told.slice(2)).toEqual(['shop'])
})
