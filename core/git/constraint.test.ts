import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseConstraint, satisfies, showConstraint } from './constraint.ts'
import { wantedTag } from './tag.ts'
import { compareVersions, parseVersion, showVersion } from './version.ts'

function check(constraint: string, version: string): boolean | undefined {
  const [parsed, wanted] = [parseConstraint(constraint), parseVersion(version)]
  return parsed && wanted && satisfies(wanted, parsed)
}

describe('SRC-03: constraints mean what they mean to Masterminds, not to npm', () => {
  test.each([
    // npm: exactly 1.2.0 to 1.2.x as well, but >1 would begin with 1.0.1
    ['>1', '1.9.9', false],
    ['>1', '2.0.0', true],
    ['>1.2', '1.2.9', false],
    ['<=1.2', '1.2.9', true],
    ['1.2', '1.2.9', true],
    ['=1.2.3', '1.2.3+build', true],
    ['!=1.2', '1.2.9', false],
    ['^0.2.3', '0.3.0', false],
    ['^0.0.3', '0.0.4', false],
    ['~1', '1.9.0', true],
    ['1.2 - 1.4', '1.4.9', true],
    ['>=1.1 <2, !=1.2.3 || 4', '1.2.3', false],
    ['>=1.1 <2, !=1.2.3 || 4', '4.9.9', true],
    ['*', '1.0.0-rc.1', false],
    ['*-0', '1.0.0-rc.1', true],
    ['>=1.2.3-beta <2', '1.3.0-rc', true],
  ])('%s takes %s: %s', (constraint, version, expected) => {
    expect(check(constraint, version)).toBe(expected)
  })

  test.each(['main', 'feature-x', '>= bar', '1.2.3.4', '||', '1 || ', '>=1,,<2', 'x.y', '><1'])(
    '%s is no constraint',
    (text) => expect(parseConstraint(text)).toBeUndefined(),
  )

  test('a constraint is shown in one spelling', () => {
    const parsed = parseConstraint('2.x,   >=  1.2.3||>4.5.6')
    expect(parsed && showConstraint(parsed)).toBe('2.x >=1.2.3 || >4.5.6')
  })

  test('a hostile text costs no more than its length', () => {
    expect(parseConstraint('1 '.repeat(100_000))).toBeUndefined()
    expect(parseVersion(`1.0.0-${'a-'.repeat(100_000)}`)).toBeUndefined()
  })
})

const parts = fc.stringMatching(/^(0|[1-9][0-9]{0,2}|[a-z-]{1,3})$/)
const versions = fc
  .tuple(
    fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
    fc.array(parts, { maxLength: 2 }).map((all) => all.join('.')),
  )
  .map(([numbers, tail]) => numbers.join('.') + (tail === '' ? '' : `-${tail}`))
  .map((text) => parseVersion(text))
  .filter((version) => version !== undefined)

describe('versions', () => {
  test('the order is total, and says equal only of what is shown alike', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0)
        expect(compareVersions(a, b) === 0).toBe(showVersion(a) === showVersion(b))
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
        }
      }),
    )
  })

  test('a release passes its own caret, tilde and bounds', () => {
    fc.assert(
      fc.property(versions, (version) => {
        const text = showVersion(version)
        for (const operator of ['', '=', '^', '~', '>=', '<=']) {
          expect(check(operator + text, text), operator + text).toBe(true)
        }
        for (const operator of ['!=', '<', '>']) expect(check(operator + text, text)).toBe(false)
      }),
    )
  })
})

describe('SRC-06: tags of a monorepo', () => {
  const tags = ['a/v1.0.0', 'a/v1.2.0', 'a/v2.0.0-rc.1', 'b/v3.0.0', 'v9.0.0', 'a/nightly']
  test.each([
    ['>=1.0', 'a/', { constraint: '>=1.0', tag: 'a/v1.2.0' }],
    ['>=1.0-0', 'a/', { constraint: '>=1.0-0', tag: 'a/v2.0.0-rc.1' }],
    ['*', '', { constraint: '*', tag: 'v9.0.0' }],
    ['4.x', 'a/', { constraint: '4.x', tag: undefined, newest: '2.0.0-rc.1' }],
    ['v1.2.0', 'a/', { tag: 'a/v1.2.0' }],
    ['main', 'a/', undefined],
    ['', 'a/', undefined],
  ])('%s with prefix %s', (revision, prefix, wanted) => {
    expect(wantedTag(revision, tags, prefix)).toEqual(wanted)
  })
})
