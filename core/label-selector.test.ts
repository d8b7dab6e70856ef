import { describe, expect, it } from 'vitest'
import { InvalidSpecError } from './errors.ts'
import { parseSelector } from './label-selector.ts'

const labels = { team: 'shop', tier: 'web' }

describe('a label selector (API-01)', () => {
  it.each([
    ['', true],
    ['team=shop', true],
    ['team==shop,tier=web', true],
    ['team=shop,tier=db', false],
    ['team!=shop', false],
    ['absent!=shop', true],
    ['team in (shop, bank)', true],
    ['team in (bank),tier=web', false],
    ['team notin (bank,shop)', false],
    ['absent notin (bank)', true],
    ['tier', true],
    ['!tier', false],
    ['!absent', true],
    ['constructor', false],
  ])('%s is %s', (selector, expected) => {
    expect(parseSelector(selector)(labels)).toBe(expected)
  })

  it('matches nothing but absence where there are no labels', () => {
    expect(parseSelector('team')(undefined)).toBe(false)
    expect(parseSelector('!team')(undefined)).toBe(true)
  })

  it.each(['a b', 'a=b=c', 'team in shop', 'a>1'])('refuses %s', (selector) => {
    expect(() => parseSelector(selector)).toThrow(InvalidSpecError)
  })
})
