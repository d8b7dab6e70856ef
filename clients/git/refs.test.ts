import { expect, it } from 'vitest'
import { GitAccessError } from '../../core/errors.ts'
import { parseRefs, refCommit } from './refs.ts'

const refs = parseRefs(
  [
    ...['a\trefs/heads/main', 'b\trefs/heads/1.x', 'c\trefs/tags/v1.0.0', 'd\trefs/tags/v1.4.0'],
    ...['e\trefs/tags/shop/v1.1.0', 'f\trefs/tags/v2.0.0-rc.1', 'a\trefs/driftless/head'],
  ].join('\n'),
)
const commit = (revision: string, prefix?: string) => refCommit(refs, revision, 'here', prefix)

it.each([
  ['v1.*', undefined, 'd'],
  ['>=1.0.0 <1.4.0', undefined, 'c'],
  ['*-0', undefined, 'f'],
  ['v1.0.0', undefined, 'c'],
  ['v1.1.0', 'shop/', 'e'],
  ['^1', 'shop/', 'e'],
  ['main', 'shop/', 'a'],
  ['refs/tags/v1.0.0', undefined, 'c'],
])('SRC-03, SRC-06: %s with prefix %s is %s', (revision, prefix, expected) => {
  expect(commit(revision, prefix)).toBe(expected)
})

it('SRC-03: a constraint that no tag passes may still be the name of a branch', () => {
  expect(commit('1.x', 'shop/')).toBe('e')
  expect(refCommit(parseRefs('b\trefs/heads/1.x'), '1.x', 'here')).toBe('b')
  expect(() => commit('>= 7.0')).toThrow('no version >=7.0, the newest is 2.0.0-rc.1')
  expect(() => commit('7.x', 'shop/')).toThrow('among the tags shop/*, the newest is 1.1.0')
})

it('SRC-06: a version without its prefix is no tag', () => {
  expect(commit('v1.0.0', 'shop/')).toBeUndefined()
})

it('SRC-04: an empty repository has no default branch', () => {
  expect(() => refCommit(parseRefs(''), 'HEAD', 'here')).toThrow(GitAccessError)
})
