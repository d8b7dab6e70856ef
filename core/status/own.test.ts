import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import {
  newYear,
  newYearText,
  operationFacts,
  rendered,
  request,
  statusReport,
} from '../../test/fixtures/report.ts'
import type { OperationFacts, ResourceResult, StatusReport } from '../flow.ts'
import { attemptAfter, failureAfter, healsAfter, holdAfter } from './own.ts'
import type { ApplicationStatus, HealBudget, LastAttempt, OwnStatus } from './status.ts'

const own = (fields: Partial<OwnStatus>): ApplicationStatus => ({
  driftless: { sequence: 1, specDigest: 's0', observed: 'o', ...fields },
})
const reporting = (facts: Partial<OperationFacts>, more: Partial<StatusReport> = {}) =>
  statusReport({ rendered, operation: operationFacts(facts), ...more })

describe('the last attempt (AUTO-09)', () => {
  const lastAttempt: LastAttempt = {
    revision: 'r0',
    inputs: 'i0',
    specDigest: 's0',
    phase: 'Succeeded',
  }

  it('is what was tried, with which spec, and how it ended', () => {
    expect(attemptAfter({}, reporting({}))).toEqual({
      revision: 'r1',
      inputs: 'i1',
      specDigest: 's1',
      phase: 'Succeeded',
    })
    const failure = { type: 'NetworkError', message: 'away', retryable: true }
    expect(attemptAfter({}, reporting({ phase: 'Error', failure }))).toMatchObject({
      phase: 'Error',
      failure: 'away',
      retryable: true,
    })
  })

  it('stays when nothing was tried', () => {
    const before = own({ lastAttempt })
    expect(attemptAfter(before, statusReport())).toBe(lastAttempt)
    expect(attemptAfter(before, statusReport({ rendered }))).toBe(lastAttempt)
    const dryRun = reporting({ request: { ...request, dryRun: true } })
    expect(attemptAfter(before, dryRun)).toBe(lastAttempt)
  })

  it('has failed when it was terminated, and is not tried again by itself', () => {
    const ends = { how: 'terminated', message: 'Operation terminated' } as const
    const after = attemptAfter(own({ lastAttempt: { ...lastAttempt, phase: 'Running' } }), {
      ...statusReport(),
      ends,
    })
    expect(after).toEqual({ ...lastAttempt, phase: 'Failed', failure: 'Operation terminated' })
    const superseded = statusReport({ ends: { ...ends, how: 'superseded' } })
    expect(attemptAfter(own({ lastAttempt }), superseded)).toBe(lastAttempt)
  })
})

describe('the self-heal budgets', () => {
  const results: readonly ResourceResult[] = [
    { key: '/ConfigMap/shop/a', status: 'Synced' },
    { key: '/ConfigMap/shop/b', status: 'Unchanged' },
  ]

  it('are spent by a heal that ended, on the objects that it wrote', () => {
    const heals = healsAfter({}, reporting({ heal: true, results }))
    expect(heals).toEqual({ '/ConfigMap/shop/a': { tokens: 9, at: newYear, over: 0 } })
    expect(healsAfter({}, reporting({ results }))).toBeUndefined()
    const { finishedAt: _, ...open } = operationFacts({ heal: true, results, phase: 'Running' })
    expect(healsAfter({}, statusReport({ operation: open }))).toBeUndefined()
  })

  it('are forgotten when they are full again, and only then', () => {
    const budget = fc.record<HealBudget>({
      tokens: fc.integer({ min: 0, max: 9 }),
      at: fc.integer({ min: newYear - 600_000, max: newYear }),
      over: fc.nat(5),
    })
    fc.assert(
      fc.property(fc.dictionary(fc.string(), budget), (heals) => {
        const kept = healsAfter(own({ heals }), statusReport()) ?? {}
        const full = ({ tokens, at }: HealBudget) => tokens + (newYear - at) / 30_000 >= 10
        expect(Object.keys(kept).sort()).toEqual(
          Object.keys(heals)
            .filter((key) => !full(heals[key] as HealBudget))
            .sort(),
        )
      }),
    )
  })
})

describe('the hold of a rollback (design §8)', () => {
  const automated = applicationOf()
  const manual = applicationOf({ spec: { syncPolicy: {} } })
  const back = { ...request, revision: 'r1', rollbackTo: 3 }
  const tracked = own({ inputs: 'i9' })
  const hold = { revision: 'r1', id: 3, by: 'kim', at: newYearText, inputs: 'i9' }

  it('begins when a person goes to a revision that renders from something else', () => {
    expect(holdAfter(automated, tracked, reporting({ request: back }))).toEqual(hold)
    const named = { ...request, revision: 'r1' }
    expect(holdAfter(automated, tracked, reporting({ request: named }))?.id).toBe(-1)
    const same = own({ inputs: rendered.inputs })
    expect(holdAfter(automated, same, reporting({ request: back }))).toBeUndefined()
  })

  it('does not begin where nothing is automated, nor by a trial', () => {
    expect(holdAfter(manual, tracked, reporting({ request: back }))).toBeUndefined()
    const trial = { ...back, dryRun: true }
    expect(holdAfter(automated, tracked, reporting({ request: trial }))).toBeUndefined()
  })

  it('waits for news of what was left first, however often one goes back', () => {
    const again = reporting({ request: { ...back, rollbackTo: 1 } }, { at: newYear + 60_000 })
    const later = holdAfter(automated, own({ inputs: 'i1', hold: { ...hold, inputs: 'i9' } }), {
      ...again,
      rendered: { ...rendered, inputs: 'i0' },
    })
    expect(later).toEqual({ ...hold, id: 1 })
  })

  it('lasts through self-heals, parts, trials, failures and reports of health', () => {
    const held = own({ inputs: 'i1', hold })
    const resources = [{ group: '', kind: 'ConfigMap', name: 'c' }]
    for (const facts of [
      { heal: true },
      { request: { ...request, resources } },
      { request: { ...request, dryRun: true } },
      { phase: 'Failed' },
      { phase: 'Running' },
    ] as const) {
      expect(holdAfter(automated, held, reporting(facts))).toBe(hold)
    }
    expect(holdAfter(automated, held, statusReport())).toBe(hold)
  })

  it('ends with a whole sync that succeeded, automated or by hand', () => {
    const held = own({ inputs: 'i1', hold })
    expect(holdAfter(automated, held, reporting({}))).toBeUndefined()
    expect(holdAfter(automated, held, reporting({ request }))).toBeUndefined()
  })
})

describe('the failure that is shown', () => {
  const denied = { type: 'AdmissionDenied', message: 'no', object: 'ConfigMap shop/c' }
  const known = failureAfter({}, reporting({ phase: 'Failed', failure: denied }))
  const failed = { revision: 'r1', inputs: 'i1', specDigest: 's1', phase: 'Failed' }
  const before = own({ ...(known && { failure: known }), lastAttempt: failed })

  it('names the cause, the object, what was seen and what to do', () => {
    expect(known).toEqual({
      cause: 'admission',
      object: 'ConfigMap shop/c',
      evidence: 'no',
      next: expect.stringContaining('change the object'),
    })
  })

  it('stays while the revision that failed is only compared, and while progress is told', () => {
    expect(failureAfter(before, statusReport({ rendered }))).toBe(known)
    expect(failureAfter(before, statusReport())).toBe(known)
    const { finishedAt: _, ...open } = operationFacts({ phase: 'Running' })
    expect(failureAfter(before, statusReport({ rendered, operation: open, final: false }))).toBe(
      known,
    )
  })

  it('is gone with a sync that went well, and with other manifests', () => {
    expect(failureAfter(before, reporting({}))).toBeUndefined()
    const other = statusReport({ rendered: { ...rendered, inputs: 'i2' } })
    expect(failureAfter(before, other)).toBeUndefined()
  })
})
