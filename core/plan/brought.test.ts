import { describe, expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { broughtBy, needsBrought } from './brought.ts'

const manifest = (apiVersion: string, kind: string, namespace?: string): Manifest => ({
  apiVersion,
  kind,
  metadata: { name: 'x', ...(namespace !== undefined && { namespace }) },
})

describe('what a plan brings', () => {
  const crd: Manifest = {
    ...manifest('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
    spec: { group: 'example.com', names: { kind: 'Widget' } },
  }
  const brought = broughtBy([crd, manifest('v1', 'Namespace')], 'created')

  it.each([
    ['a resource of the kind', manifest('example.com/v1beta1', 'Widget', 'other'), true],
    ['an object in a declared namespace', manifest('v1', 'ConfigMap', 'x'), true],
    ['an object in the created namespace', manifest('v1', 'ConfigMap', 'created'), true],
    ['the same kind of another group', manifest('example.org/v1', 'Widget', 'other'), false],
    ['an object elsewhere', manifest('v1', 'ConfigMap', 'other'), false],
    ['a cluster-wide object', manifest('v1', 'PersistentVolume'), false],
  ])('says of %s whether it needs that', (_, object, needed) => {
    expect(needsBrought(object, brought)).toBe(needed)
  })
})
