import { expect, it } from 'vitest'
import type { Manifest } from '../manifest/manifest.ts'
import { withTracking } from '../manifest/tracking.ts'
import { sharedWarnings } from './shared.ts'

const config = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
})
const of = (instance: string, name: string) => withTracking(config(name), { instance, label: 'x' })

it('warns of what is declared and tracked by another Application, whose sync came last (SYNC-31)', () => {
  const live = [of('mine', 'a'), of('other', 'b'), of('other', 'c'), config('nobodys')]
  expect(sharedWarnings(live, 'mine')).toEqual([
    {
      type: 'SharedResourceWarning',
      message:
        'part of the applications mine and other: ConfigMap shop/b, ConfigMap shop/c; take them out of one of the two',
    },
  ])
  expect(sharedWarnings([of('mine', 'a')], 'mine')).toEqual([])
})

it('names ten of many', () => {
  const live = Array.from({ length: 12 }, (_, index) => of('other', `c${index}`))
  expect(sharedWarnings(live, 'mine')[0]?.message).toContain('ConfigMap shop/c9 and 2 more;')
})
