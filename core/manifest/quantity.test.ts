import { describe, expect, it } from 'vitest'
import { quantityOf } from './quantity.ts'

describe('a quantity', () => {
  it.each([
    ['500m', 0.5],
    ['1', 1],
    [2, 2],
    ['1Gi', 1024 ** 3],
    ['1.5k', 1500],
    ['2e3', 2000],
    ['1E', 1e18],
    ['.5', 0.5],
    ['100n', 1e-7],
  ])('%s is %d', (text, value) => {
    expect(quantityOf(text)).toBeCloseTo(value, 12)
  })

  it.each(['', 'many', '1gi', '1 Gi', undefined])('%s is none', (text) => {
    expect(quantityOf(text)).toBeUndefined()
  })
})
