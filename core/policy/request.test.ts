import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { sourcesIn } from '../application.ts'
import { asRequested, requestOf } from './request.ts'

const shop = { repoURL: 'https://example.com/shop.git', path: '.' }
const values = { repoURL: 'https://example.com/values.git', ref: 'values' }
const old = { repoURL: 'https://example.com/old.git', path: 'a' }

/** What is deployed when this sync is asked for. */
function deployed(spec: object, sync: object) {
  const application = applicationOf({ spec, operation: { sync } })
  return sourcesIn(asRequested(application, requestOf(application)))
}

describe('the sources that an operation deploys (SYNC-18, APP-06)', () => {
  it('are those of the spec, at the revision that was asked for', () => {
    expect(deployed({ source: shop }, {})).toEqual([shop])
    expect(deployed({ source: shop }, { revision: 'v1' })).toEqual([
      { ...shop, targetRevision: 'v1' },
    ])
  })

  it('have one revision each, when there are several', () => {
    const spec = { source: undefined, sources: [shop, values] }
    expect(deployed(spec, { revisions: ['a', 'b'] })).toEqual([
      { ...shop, targetRevision: 'a' },
      { ...values, targetRevision: 'b' },
    ])
    expect(deployed(spec, { revision: 'a' })).toEqual([{ ...shop, targetRevision: 'a' }, values])
  })

  it('are those of a rollback, whatever the spec has now', () => {
    const spec = { source: undefined, sources: [shop, values] }
    expect(deployed(spec, { source: old, revision: 'c' })).toEqual([
      { ...old, targetRevision: 'c' },
    ])
    const sync = { sources: [shop, values], revisions: ['a', 'b'], revision: 'a' }
    expect(deployed({ source: old }, sync)).toEqual([
      { ...shop, targetRevision: 'a' },
      { ...values, targetRevision: 'b' },
    ])
  })
})
