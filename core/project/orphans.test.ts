import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { readProject } from '../project.ts'
import { isOrphan, orphanWarning, warnsOfOrphans } from './orphans.ts'

const destination = { server: 'https://kubernetes.default.svc', namespace: 'shop' }
const project = (orphanedResources?: object) =>
  readProject({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'shop' },
    spec: {
      destinations: [{ server: '*', namespace: 'shop' }],
      namespaceResourceBlacklist: [{ group: '', kind: 'Secret' }],
      orphanedResources,
    },
  })
const object = (kind: string, name: string, metadata: object = {}): Manifest => ({
  apiVersion: 'v1',
  kind,
  metadata: { namespace: 'shop', name, ...metadata },
})
const trackedBy = (instance: string) => ({
  annotations: { 'argocd.argoproj.io/tracking-id': `${instance}:/ConfigMap:shop/a` },
})
const ignore = [
  { group: '', kind: 'ConfigMap', name: 'kept-*' },
  { group: '', kind: 'Pod' },
]
const surroundings = { project: project({ ignore }), destination, instances: new Set(['web']) }

describe('PROJ-07: an object belongs to no Application', () => {
  it.each([
    ['that nobody declared', object('ConfigMap', 'a')],
    ['whose Application is gone', object('ConfigMap', 'a', trackedBy('gone'))],
    ['that copied the tracking id of another', object('ConfigMap', 'b', trackedBy('web'))],
  ])('%s', (_, found) => {
    expect(isOrphan(found, surroundings)).toBe(true)
  })

  it.each([
    ['that an Application declared', object('ConfigMap', 'a', trackedBy('web'))],
    ['that another object owns', object('ConfigMap', 'a', { ownerReferences: [{ kind: 'X' }] })],
    ['that every namespace has', object('ConfigMap', 'kube-root-ca.crt')],
    ['that every namespace has, too', object('ServiceAccount', 'default')],
    ['of the API server', object('Service', 'kubernetes', { namespace: 'default' })],
    ['of a kind that the project forbids', object('Secret', 'a')],
    ['that is ignored by its name', object('ConfigMap', 'kept-b')],
    ['that is ignored by its kind', object('Pod', 'any')],
  ])('but not one %s', (_, found) => {
    expect(isOrphan(found, surroundings)).toBe(false)
  })
})

it('PROJ-07: people are told when the project says so, and by default when it names the field', () => {
  expect(warnsOfOrphans(project())).toBe(false)
  expect(warnsOfOrphans(project({}))).toBe(true)
  expect(warnsOfOrphans(project({ warn: false }))).toBe(false)
})

it('PROJ-07: the warning names some of them, and how many more there are', () => {
  expect(orphanWarning('shop', [])).toEqual([])
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `/ConfigMap/shop/${name}` as const)
  const [warning] = orphanWarning('shop', keys.toReversed())
  expect(warning?.type).toBe('OrphanedResourceWarning')
  expect(warning?.message).toMatch(/namespace shop .*shop\/a, .*shop\/e and 2 more; declare/)
})
