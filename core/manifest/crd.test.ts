import { expect, it } from 'vitest'
import { kindBroughtBy, scopeBroughtBy, servedByCrd } from './crd.ts'

const crd = (spec: object) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'gadgets.example.com' },
  spec: spec as never,
})

it('says which kind a CustomResourceDefinition brings, in which scope and versions', () => {
  const gadgets = crd({
    group: 'example.com',
    names: { kind: 'Gadget' },
    scope: 'Cluster',
    versions: [
      { name: 'v1', served: true },
      { name: 'v1beta1', served: false },
      { name: 'v2', served: true },
    ],
  })
  expect(kindBroughtBy(gadgets)).toBe('example.com/Gadget')
  expect(scopeBroughtBy(gadgets)).toBe('cluster')
  expect(servedByCrd(gadgets)).toEqual(['example.com/v1/Gadget', 'example.com/v2/Gadget'])
})

it('says nothing of what cannot be read', () => {
  expect(servedByCrd(crd({ versions: 'all' }))).toEqual([])
  expect(scopeBroughtBy(crd({}))).toBe('namespaced')
  expect(kindBroughtBy({ apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })).toBeUndefined()
})
