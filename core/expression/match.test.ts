import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expressionMatches, expressionProblem } from './match.ts'

const alphabet = fc.string({ unit: fc.constantFrom('a', 'b', '-', '1'), maxLength: 8 })
const expressions = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('a', 'b', '-', '.', '\\d', '\\w', '[ab]', '[^a-b]', '^', '$', '\\b', '\\B', ''),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => left + right),
    fc.tuple(tie('any'), tie('any')).map(([left, right]) => `(${left}|${right})`),
    fc
      .tuple(tie('any'), fc.constantFrom('*', '+', '?', '{2}', '{1,3}', '{2,}', '*?'))
      .map(([inner, times]) => `(?:${inner})${times}`),
    fc.tuple(tie('any'), fc.constantFrom('=', '!')).map(([inner, kind]) => `(?${kind}${inner})`),
  ),
})).any

describe('a regular expression', () => {
  test('finds what the engine of JavaScript finds', () => {
    fc.assert(
      fc.property(expressions, alphabet, (expression, text) => {
        expect(expressionMatches(expression, text)).toBe(new RegExp(expression).test(text))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['^((?!argocd).)*$', 'team-a', true],
    ['^((?!argocd).)*$', 'my-argocd-2', false],
    ['^(team|shop)-\\d{1,3}$', 'shop-42', true],
    ['team', 'my-team-a', true],
    ['', 'anything', true],
  ])('%s of %s: %s', (expression, text, expected) => {
    expect(expressionMatches(expression, text)).toBe(expected)
  })

  test.each(['^(a+)+$', '^(a|a)*$', '(?=(a+)+b)(?=(a*)*c)', '(?!(a|aa)+$)(a|aa)+b'])(
    '%s ends, whatever it is held against',
    (expression) => {
      expect(expressionMatches(expression, `${'a'.repeat(250)}!`)).toBe(false)
    },
  )

  test.each([
    ['(', /Unterminated group/],
    ['(a)\\1', /bounded time/],
    ['(?<=a)b', /bounded time/],
    ['(?i:a)', /flags/],
    ['\\Ateam\\z', /\\z is not known/],
    ['(a{50}){50}', /too large/],
  ])('%s is refused and finds nothing', (expression, problem) => {
    expect(expressionProblem(expression)).toMatch(problem)
    expect(expressionMatches(expression, 'a')).toBe(false)
  })
})
