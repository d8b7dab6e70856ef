import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { sourcesIn, syncOption } from '../application.ts'
import { asRequested, refreshOf, requestOf, retryOf, withOptionsOf } from './request.ts'

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

  it('are never manifests that the request brings: they are refused (SYNC-23)', () => {
    const bring = () => deployed({ source: shop }, { manifests: ['kind: ConfigMap'] })
    expect(bring).toThrow('operation.sync.manifests: only what is in the sources is deployed')
    expect(deployed({ source: shop }, { manifests: [] })).toEqual([shop])
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

describe('what somebody asks for', () => {
  const asked = (sync: object) => requestOf(applicationOf({ operation: { sync } }))

  it('runs hooks unless objects are chosen or the strategy is `apply` (SYNC-17, SYNC-18, SYNC-19)', () => {
    expect(asked({})?.hooks).toBe(true)
    expect(asked({ syncStrategy: { hook: {} } })?.hooks).toBe(true)
    expect(asked({ syncStrategy: { apply: {} } })?.hooks).toBe(false)
    expect(asked({ resources: [{ kind: 'ConfigMap', name: 'a' }] })?.hooks).toBe(false)
  })
})

describe('the sync options of an operation', () => {
  const spec = { syncPolicy: { syncOptions: ['Replace=true', 'Validate=false'] } }
  const optioned = (sync: object) => {
    const application = applicationOf({ spec, operation: { sync } })
    const asked = withOptionsOf(application, requestOf(application))
    return ['Replace', 'Validate', 'Force'].map((name) => syncOption(asked, name))
  }

  it('are those that were asked for, else those of the spec', () => {
    expect(optioned({})).toEqual(['true', 'false', undefined])
    expect(optioned({ syncOptions: ['Replace=false'] })).toEqual(['false', undefined, undefined])
    expect(optioned({ syncOptions: [] })).toEqual([undefined, undefined, undefined])
  })

  it('have Force=true when the strategy forces, whichever it is (SYNC-20)', () => {
    expect(optioned({ syncStrategy: { hook: { force: true } } })).toEqual(['true', 'false', 'true'])
    expect(optioned({ syncStrategy: { apply: { force: true } } }).at(-1)).toBe('true')
    expect(optioned({ syncStrategy: { apply: { force: false } } }).at(-1)).toBeUndefined()
  })
})

describe('syncPolicy.retry', () => {
  const policy = (retry: object) => retryOf(applicationOf({ spec: { syncPolicy: { retry } } }))

  it('is 5 s × 2, at most 3 min, unless it says otherwise; a bare number is seconds (SYNCP-06)', () => {
    expect(policy({ limit: 2 })).toEqual({
      ...{ limit: 2, durationMs: 5_000, factor: 2, maxMs: 180_000 },
    })
    const backoff = { duration: '10', factor: 3, maxDuration: '1m' }
    expect(policy({ limit: -1, backoff })).toEqual({
      ...{ limit: -1, durationMs: 10_000, factor: 3, maxMs: 60_000 },
    })
  })

  it('repeats nothing when it names no limit (SYNCP-05)', () => {
    expect(policy({ backoff: { duration: '1s' } })?.limit).toBe(0)
    expect(retryOf(applicationOf())).toBeUndefined()
  })

  it('is that of the request when there is one', () => {
    const spec = { syncPolicy: { retry: { limit: 5 } } }
    const operation = { sync: {}, retry: { limit: 1, refresh: true } }
    expect(retryOf(applicationOf({ spec, operation }))).toMatchObject({ limit: 1, refresh: true })
    expect(retryOf(applicationOf({ spec, operation: { sync: {} } }))).toBeUndefined()
  })
})

it('tells a wish to refresh from an earlier one by its stamp (AUTO-05)', () => {
  const wish = (stamp: string) =>
    refreshOf(
      applicationOf({
        metadata: {
          annotations: {
            'argocd.argoproj.io/refresh': 'hard',
            'argocd.argoproj.io/refresh-timestamp': stamp,
          },
        },
      }),
    )
  expect(wish('1')).toEqual({ kind: 'hard', stamp: 'hard 1' })
  expect(wish('2')?.stamp).not.toBe(wish('1')?.stamp)
})
