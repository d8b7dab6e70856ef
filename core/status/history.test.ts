import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, operationFacts, request, statusReport } from '../../test/fixtures/report.ts'
import { digestOf } from '../digest.ts'
import type { OperationFacts } from '../flow.ts'
import { rfc3339 } from '../time.ts'
import { historyAfter, isGood, keptOf } from './history.ts'
import type { HistoryEntry } from './status.ts'

const application = applicationOf()
const after = (history: readonly HistoryEntry[], facts: Partial<OperationFacts> = {}) =>
  historyAfter(application, history, statusReport({ operation: operationFacts(facts) }))
const first = after([])

describe('the history of deployments (HIST-01)', () => {
  it('begins at 0 and names revision, times, source and who it was', () => {
    expect(first).toEqual([
      {
        id: 0,
        revision: 'r1',
        deployStartedAt: '2026-01-01T00:00:00Z',
        deployedAt: '2026-01-01T00:00:05Z',
        source: { repoURL: 'https://example.com/shop.git', path: '.' },
        initiatedBy: { automated: true },
      },
    ])
  })

  it('names the person who asked, and the source that was asked for', () => {
    const operation = { sync: { source: { repoURL: 'https://example.com/old.git', path: 'a' } } }
    const asking = applicationOf({ operation })
    const digest = digestOf(asking.operation ?? null)
    const facts = operationFacts({ request: { ...request, digest, ownSource: true } })
    const [entry] = historyAfter(asking, [], statusReport({ operation: facts }))
    expect(entry).toMatchObject({ source: operation.sync.source, initiatedBy: { username: 'kim' } })
  })

  it('names all sources and their revisions; a heal of the same ones is counted (APP-06)', () => {
    const sources = [
      { repoURL: 'https://example.com/shop.git', path: '.' },
      { repoURL: 'https://example.com/values.git', ref: 'values' },
    ]
    const several = applicationOf({ spec: { source: undefined, sources } })
    const deploy = (history: readonly HistoryEntry[], facts: Partial<OperationFacts>) =>
      historyAfter(several, history, statusReport({ operation: operationFacts(facts) }))
    const [entry] = deploy([], { revisions: ['r1', 'v1'] })
    expect(entry).toMatchObject({ sources, revisions: ['r1', 'v1'] })
    expect(entry).not.toHaveProperty('source')
    const history = entry === undefined ? [] : [entry]
    expect(deploy(history, { revisions: ['r1', 'v1'], heal: true })).toMatchObject([{ heals: 1 }])
    expect(deploy(history, { revisions: ['r1', 'v2'], heal: true })).toHaveLength(2)
  })

  it('is not touched by what is no deployment', () => {
    for (const phase of ['Running', 'Failed', 'Error'] as const) {
      expect(after(first, { phase })).toBe(first)
    }
    expect(after(first, { request: { ...request, dryRun: true } })).toBe(first)
    const resources = [{ group: '', kind: 'ConfigMap', name: 'c' }]
    expect(after(first, { request: { ...request, resources } })).toBe(first)
    expect(historyAfter(application, first, statusReport())).toBe(first)
  })

  it('counts a self-heal on the deployment that it restores', () => {
    const once = after(first, { heal: true, finishedAt: newYear + 60_000 })
    expect(once).toEqual([{ ...first[0], heals: 1 }])
    expect(after(once, { heal: true })).toEqual([{ ...first[0], heals: 2 }])
    expect(after(once, { heal: true, revision: 'r2' }).map(({ id }) => id)).toEqual([0, 1])
  })

  it('is empty when nothing is to be kept', () => {
    const forgetful = applicationOf({ spec: { revisionHistoryLimit: 0 } })
    expect(keptOf(forgetful, first, newYear)).toEqual([])
  })

  it('keeps the newest, in order, and never gives an id twice (APP-11)', () => {
    const deployments = fc.array(fc.constantFrom('r1', 'r2', 'r3'), { maxLength: 30 })
    fc.assert(
      fc.property(deployments, fc.integer({ min: 1, max: 12 }), (revisions, limit) => {
        const limited = applicationOf({ spec: { revisionHistoryLimit: limit } })
        let history: readonly HistoryEntry[] = []
        for (const revision of revisions) {
          const report = statusReport({ operation: operationFacts({ revision }) })
          history = keptOf(limited, historyAfter(limited, history, report), newYear)
        }
        expect(history.map(({ revision }) => revision)).toEqual(revisions.slice(-limit))
        expect(history.map(({ id }) => id)).toEqual(revisions.map((_, id) => id).slice(-limit))
      }),
    )
  })

  it('keeps a way back: the newest good one stays in place of a bad one', () => {
    const limited = applicationOf({ spec: { revisionHistoryLimit: 2 } })
    const history = [{ ...entry(1), health: 'Healthy' as const }, entry(2), entry(3)]
    expect(keptOf(limited, history, newYear).map(({ id }) => id)).toEqual([1, 3])
    const [, ...bad] = history
    expect(keptOf(limited, [...bad, entry(4)], newYear).map(({ id }) => id)).toEqual([3, 4])
  })
})

const entry = (id: number, age = 0): HistoryEntry => ({
  ...{ id, revision: `r${id}`, initiatedBy: {}, health: 'Degraded' },
  ...{ deployStartedAt: rfc3339(newYear - age), deployedAt: rfc3339(newYear - age) },
})

describe('the time that the history is kept (driftless.dev/history-retention)', () => {
  const keeping = (retention: string) =>
    applicationOf({ metadata: { annotations: { 'driftless.dev/history-retention': retention } } })
  const hour = 3_600_000
  const old = [entry(0, 9 * hour), { ...entry(1, 8 * hour), health: 'Healthy' as const }]

  it('ends what is older, but neither the newest good one nor the newest', () => {
    const history = [...old, entry(2, 7 * hour), entry(3, hour)]
    const ids = (kept: readonly HistoryEntry[]) => kept.map(({ id }) => id)
    expect(ids(keptOf(keeping('2h'), history, newYear))).toEqual([1, 3])
    expect(ids(keptOf(keeping('8h30m'), history, newYear))).toEqual([1, 2, 3])
    expect(ids(keptOf(keeping('1s'), history.slice(0, 3), newYear))).toEqual([1, 2])
    expect(keptOf(keeping('720h'), history, newYear)).toEqual(history)
    expect(keptOf(keeping('soon'), history, newYear)).toEqual(history)
  })

  it('takes what says nothing of its health for good, as entries of Argo CD', () => {
    const { health: _, ...unknown } = entry(0)
    expect([unknown, entry(1), { ...entry(2), health: 'Suspended' as const }].map(isGood)).toEqual([
      true,
      false,
      true,
    ])
  })
})
