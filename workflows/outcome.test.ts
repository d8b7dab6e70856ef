import { describe, expect, it } from 'vitest'
import { repeatIn } from './outcome.ts'

const passing = { type: 'QuotaExceeded', message: 'used up', retryable: true }
const lasting = { type: 'RenderError', message: 'wrong', retryable: false }
const policy = { limit: 5, durationMs: 5_000, factor: 2, maxMs: 180_000 }

describe('a failed operation', () => {
  it('is repeated after 10, 20, 40, 80 and 160 s by default, at most every 3 min (SYNCP-06)', () => {
    const waits = [0, 1, 2, 3, 4].map((attempt) => repeatIn(lasting, attempt, policy, false))
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000])
    expect(repeatIn(lasting, 9, { ...policy, limit: 10 }, false)).toBe(180_000)
  })

  it('is repeated as often as its policy says, for ever when that is negative (SYNCP-05)', () => {
    expect(repeatIn(lasting, 5, policy, false)).toBeUndefined()
    expect(repeatIn(lasting, 500, { ...policy, limit: -1 }, false)).toBe(180_000)
    expect(repeatIn(lasting, 0, { ...policy, limit: 0 }, false)).toBeUndefined()
  })

  it('is repeated without a policy when it is automated and its cause can pass (design §8)', () => {
    expect(repeatIn(passing, 0, undefined, true)).toBe(10_000)
    expect(repeatIn(passing, 5, policy, true)).toBe(320_000)
    expect(repeatIn(passing, 0, undefined, false)).toBeUndefined()
    expect(repeatIn(lasting, 0, undefined, true)).toBeUndefined()
  })
})
