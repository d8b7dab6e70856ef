import { expect, it } from 'vitest'
import { type Deadline, nearest, patienceUntil, showDeadline } from './deadline.ts'

const health: Deadline = { of: 'health', at: 600_000, afterMs: 600_000 }
const wave: Deadline = { of: 'wave', at: 30_000, afterMs: 30_000 }

it('the first of the deadlines that there are counts', () => {
  expect(nearest(health, undefined, wave)).toBe(wave)
  expect(nearest(undefined, health)).toBe(health)
  expect(nearest(undefined)).toBeUndefined()
})

it('a deadline says what came of it and where it was set', () => {
  expect(showDeadline(health)).toBe('not healthy after 600 s')
  expect(showDeadline(wave)).toBe('the wave is not done after 30 s (driftless.dev/wave-timeout)')
})

it('what is waited for is looked at again after 30 s, or at the deadline when that comes first (SYNC-33)', () => {
  expect(patienceUntil(undefined)).toBe(30_000)
  expect(patienceUntil({ ...health, at: Date.now() + 600_000 })).toBe(30_000)
  expect(patienceUntil({ ...health, at: 0 })).toBe(1)
})
