import { expect, it } from 'vitest'
import { pollInterval } from './poll-interval.ts'

it('takes timeout.reconciliation before what the process was started with (AUTO-01)', () => {
  expect(pollInterval(undefined, 180_000)).toBe(180_000)
  expect(pollInterval('0', 180_000)).toBe(0)
  expect(pollInterval('0s', 180_000)).toBe(0)
  expect(pollInterval('2m30s', 180_000)).toBe(150_000)
  expect(pollInterval('soon', 180_000)).toBe(180_000)
})
