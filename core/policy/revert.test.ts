import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import type { JsonObject } from '../manifest/manifest.ts'
import type { HistoryEntry } from '../status/status.ts'
import { decide } from './decide.ts'
import { revertOrders } from './revert.ts'

const ref = { namespace: 'argocd', name: 'shop', uid: 'u' }
const author = { name: 'Kim', email: 'kim@example.com' }
const shop = 'https://example.com/shop.git'
const rollback = { revision: 'b1', inputs: 'i2', to: 3, at: '', reason: 'because b1 failed' }
const entry = (more: object) => ({ id: 3, revision: 'a1', ...more }) as unknown as HistoryEntry
const ordersOf = (sources: readonly object[], then = sources) =>
  revertOrders({
    ...{ ref, author, rollback: { ...rollback, revisions: ['b1', 'b2', 'b3'] } },
    application: applicationOf({ spec: { source: undefined, sources } }),
    entry: entry({ sources: then as readonly JsonObject[], revisions: ['a1', 'a2', 'a3'] }),
  })

describe('what has to be put back in Git after an automatic rollback', () => {
  it('is the path of the source, with why and by whom', () => {
    const application = applicationOf()
    const source = application.spec.source
    expect(revertOrders({ ref, application, rollback, author, entry: entry({ source }) })).toEqual([
      {
        ...{ url: shop, project: 'default', revision: 'HEAD', paths: ['.'], good: 'a1', bad: 'b1' },
        message:
          'Put shop back to a1\n\nThe Application argocd/shop was rolled back: because b1 failed',
        ...{ trailer: 'Driftless-Rollback: u/i2', author },
      },
    ])
  })

  it('is one order for each branch; charts and lent files are none', () => {
    const main = { repoURL: shop, targetRevision: 'main' }
    const orders = ordersOf([
      { ...main, path: 'a' },
      { ...main, path: 'b' },
      { repoURL: 'https://example.com/charts', chart: 'c', targetRevision: '1.0' },
      { repoURL: shop, targetRevision: 'values', ref: 'values' },
    ])
    expect(orders?.map(({ revision, paths }) => [revision, paths])).toEqual([['main', ['a', 'b']]])
  })

  it('is not known when the Application deploys from elsewhere by now', () => {
    const [now, then] = [
      { repoURL: shop, path: 'new' },
      { repoURL: shop, path: 'old' },
    ]
    expect(ordersOf([now], [then])).toBeUndefined()
  })

  it('is only wanted with the annotation, and of a rollback that nobody asked for', () => {
    const because = { name: 'driftless.dev/because', value: 'it failed' }
    const back = { name: 'driftless.dev/rollback', value: '3' }
    const decided = (info: readonly object[], wish: string) =>
      decide({
        ...{ problems: [], wakes: [] },
        application: applicationOf({
          metadata: { annotations: { 'driftless.dev/rollback-revert': wish } },
          operation: { sync: { revision: 'a1' }, info },
        }),
      })
    expect(decided([back, because], 'true')).toMatchObject({ revert: true, reason: 'it failed' })
    expect(decided([back, because], 'false').revert).toBeUndefined()
    expect(decided([back], 'true').revert).toBeUndefined()
  })
})
