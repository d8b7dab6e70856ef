import { expect, it } from 'vitest'
import type { SyncChange } from '../flow.ts'
import type { ResourceKey } from '../manifest/key.ts'
import { writeGroups } from './write-groups.ts'

const change = (action: SyncChange['action'], key: ResourceKey): SyncChange => ({ key, action })

it('writes neighbours of one kind side by side, and waits at each change of kind (SYNC-07)', () => {
  const [old, secret, first, second, last] = [
    change('prune', '/Secret/shop/old'),
    change('create', '/Secret/shop/a'),
    change('update', '/Service/shop/a'),
    change('create', 'serving.knative.dev/Service/shop/b'),
    change('update', 'apps/Deployment/shop/a'),
  ]
  expect(writeGroups([old, secret, first, second, last])).toEqual([
    [old],
    [secret],
    [first, second],
    [last],
  ])
  expect(writeGroups([])).toEqual([])
})
