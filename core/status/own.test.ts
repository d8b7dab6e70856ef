import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  newYear,
  operationFacts,
  own,
  rendered,
  reporting,
  request,
  statusReport,
} from '../../test/fixtures/report.ts'
import type { ResourceResult } from '../flow.ts'
import { attemptAfter, failureAfter, healsAfter } from './own.ts'
import type { HealBudget, LastAttempt } from './status.ts'

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
