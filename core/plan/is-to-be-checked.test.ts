import { expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import type { SyncStep } from '../flow.ts'
import { isToBeChecked } from './is-to-be-checked.ts'

const update = (kind: `${string}/${string}`): SyncStep => ({
  wave: 0,
  changes: [{ key: `${kind}/shop/web`, action: 'update' }],
})
const accepted = new Set(['apps/Deployment', 'batch/Job'])
const checked = (steps: readonly SyncStep[], ...syncOptions: readonly string[]) =>
  isToBeChecked(applicationOf({ spec: { syncPolicy: { syncOptions } } }), steps, accepted)

it('leaves a refusal of an accepted kind to its apply, in a plan of one wave without hooks', () => {
  expect(checked([update('apps/Deployment')])).toBe(false)
  expect(checked([update('apps/Deployment'), update('apps/Deployment')])).toBe(true)
  const hook = { object: 0, key: 'batch/Job/shop/before', phase: 'PreSync' } as const
  expect(checked([{ ...update('apps/Deployment'), hooks: [hook] }])).toBe(true)
})

it('tries creations, kinds that were never accepted, and those that hardly change', () => {
  expect(
    checked([{ wave: 0, changes: [{ key: 'apps/Deployment/shop/web', action: 'create' }] }]),
  ).toBe(true)
  expect(checked([update('/Service')])).toBe(true)
  expect(checked([update('batch/Job')])).toBe(true)
})

it('tries everything where shared objects are refused (OPT-14)', () => {
  expect(checked([update('apps/Deployment')], 'FailOnSharedResource=true')).toBe(true)
})
