import fc from 'fast-check'
import { expect, it } from 'vitest'
import { applicationObject } from '../../test/fixtures/application.ts'
import { inventoryKinds } from './inventory.ts'
import type { ResourceStatus } from './status.ts'

const resource = fc.record({
  group: fc.constantFrom('', 'apps', 'batch'),
  version: fc.constantFrom('v1', 'v1beta1'),
  kind: fc.constantFrom('ConfigMap', 'Deployment', 'Job'),
  namespace: fc.constantFrom('', 'shop'),
  name: fc.stringMatching(/^[a-d]$/),
  status: fc.constantFrom<ResourceStatus['status']>('Synced', 'OutOfSync'),
  requiresPruning: fc.boolean(),
})

it('has each kind of the status once, also those that wait for their deletion', () => {
  fc.assert(
    fc.property(fc.array(resource), (resources) => {
      const kinds = inventoryKinds(applicationObject({ status: { resources } }))
      const names = kinds.map(({ group, kind }) => `${group}/${kind}`)
      expect(new Set(names)).toEqual(
        new Set(resources.map(({ group, kind }) => `${group}/${kind}`)),
      )
      expect(names).toHaveLength(new Set(names).size)
    }),
  )
})

it('takes a group that is left out for that of core kinds', () => {
  const resources = [{ kind: 'ConfigMap' }, { group: '', kind: 'ConfigMap' }]
  expect(inventoryKinds(applicationObject({ status: { resources } }))).toEqual([
    { group: '', kind: 'ConfigMap' },
  ])
})

it('is empty before the first status', () => {
  expect(inventoryKinds(applicationObject())).toEqual([])
})
