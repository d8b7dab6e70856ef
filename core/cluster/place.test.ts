import { expect, it } from 'vitest'
import type { Destination } from '../application.ts'
import type { DeclaredCluster } from './declared.ts'
import { clusterIdOf, placeOf } from './place.ts'

const control = 'https://127.0.0.1:6443'
const cluster = (secret: string, name: string, server: string, problems: string[] = []) =>
  ({ secret, name, server, access: {}, problems }) satisfies DeclaredCluster
const stage = cluster('stage-secret', 'stage', 'https://stage.example.com')
const at = (destination: Destination, ...declared: readonly DeclaredCluster[]) =>
  placeOf(destination, { declared, control })

it('finds the control cluster by its names and addresses (CLUS-03)', () => {
  for (const destination of [
    { name: 'in-cluster' },
    { server: 'https://kubernetes.default.svc' },
    { server: `${control}/` },
  ])
    expect(at(destination, stage)).toEqual({ kind: 'control' })
})

it('knows no control cluster where nothing may be deployed to it (CLUS-03)', () => {
  const known = { declared: [stage], control, isControlDisabled: true }
  for (const destination of [{ name: 'in-cluster' }, { server: control }]) {
    const problems = [expect.stringContaining('cluster.inClusterEnabled')]
    expect(placeOf(destination, known)).toEqual({ kind: 'unusable', problems })
    expect(clusterIdOf(placeOf(destination, known), known)).toBe(
      clusterIdOf(at(destination), known),
    )
  }
  expect(placeOf({ name: 'stage' }, known)).toEqual({ kind: 'remote', declared: stage })
})

it('finds a declared cluster by name and by any spelling of its address (APP-03)', () => {
  const place = { kind: 'remote', declared: stage }
  for (const destination of [{ name: 'stage' }, { server: 'https://Stage.example.com:443/' }])
    expect(at(destination, stage)).toEqual(place)
  expect(at({ name: 'other' }, stage)).toEqual({ kind: 'unknown' })
  expect(at({ server: 'https://other' }, stage)).toEqual({ kind: 'unknown' })
})

it('takes a Secret for the control cluster as another name of it', () => {
  const here = cluster('here', 'home', 'https://kubernetes.default.svc')
  expect(at({ name: 'home' }, here)).toEqual({ kind: 'control', declared: here })
  expect(at({ name: 'in-cluster' }, here)).toEqual({ kind: 'control', declared: here })
})

it('names both Secrets that declare one cluster, or one name', () => {
  const problem = (destination: Destination, ...declared: readonly DeclaredCluster[]) => {
    const place = at(destination, ...declared)
    return place.kind === 'unusable' ? place.problems : place.kind
  }
  const namesake = cluster('second', 'stage', 'https://second.example.com')
  expect(problem({ name: 'stage' }, stage, namesake)).toEqual([
    'the Secrets second and stage-secret declare the name stage; keep one',
  ])
  const double = cluster('double', 'double', 'https://stage.example.com')
  for (const destination of [{ name: 'stage' }, { server: stage.server }])
    expect(problem(destination, stage, double)).toEqual([
      'the Secrets double and stage-secret declare the server https://stage.example.com; keep one',
    ])
  const impostor = cluster('impostor', 'in-cluster', 'https://other.example.com')
  expect(problem({ name: 'in-cluster' }, impostor)).toEqual([
    expect.stringContaining('the Secret impostor declares the name in-cluster'),
  ])
})

it('names the Secret that is wrong', () => {
  const broken = cluster('broken', 'stage', 'https://stage', ['config: is not JSON'])
  expect(at({ name: 'stage' }, broken)).toEqual({
    kind: 'unusable',
    problems: ['the Secret broken: config: is not JSON'],
  })
})

it('gives a cluster one name under all spellings of its address, and what is in none to the control cluster', () => {
  const id = (destination: Destination, ...declared: readonly DeclaredCluster[]) =>
    clusterIdOf(at(destination, ...declared), { declared, control })
  const shouted = cluster('stage', 'stage', 'https://STAGE.example.com:443')
  expect(id({ name: 'stage' }, shouted)).toBe(id({ server: stage.server }, stage))
  expect(id({ name: 'stage' }, stage)).not.toBe(id({ name: 'in-cluster' }))
  expect(id({ name: 'gone' })).toBe(id({ name: 'in-cluster' }))
})
