import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isRenderedFile } from './directory-filter.ts'
import { globMatch, wildcardAt } from './glob.ts'

test.each<[string, string, string, boolean]>([
  ['a*', 'abc', '', true],
  ['a*', 'a/b', '/', false],
  ['a*', 'a/b', '', true],
  ['a/**', 'a/b/c', '/', true],
  ['a/*/c', 'a/b/c', '/', true],
  ['a?c', 'a/c', '/', false],
  ['{a,b*}c', 'bxc', '', true],
  ['a{b{c,d},e}f', 'abdf', '', true],
  ['[a-c]x', 'bx', '', true],
  ['[!a]x', 'ax', '', false],
  ['\\*', '*', '', true],
  ['\\*', 'x', '', false],
  ['a.c', 'abc', '', false],
  ['{a', 'a', '', false],
  ['', '', '', true],
])('%s on %s with separator "%s": %s', (pattern, text, separator, expected) => {
  expect(globMatch(pattern, text, separator)).toBe(expected)
})

test('a text matches itself when quoted, and every prefix with a star', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(20), (text, length) => {
      const quoted = text.replace(/[\\*?[\]{},]/g, '\\$&')
      expect(globMatch(quoted, text)).toBe(true)
      const prefix = text.slice(0, length).replace(/[\\*?[\]{},]/g, '\\$&')
      expect(globMatch(`${prefix}*`, text)).toBe(true)
    }),
  )
})

test('no pattern takes long: time grows with the product of the lengths', () => {
  expect(globMatch(`${'*a'.repeat(400)}b`, 'a'.repeat(4_000))).toBe(false)
  expect(globMatch('{a,b}'.repeat(200), 'ab'.repeat(100))).toBe(false)
})

test.each([
  ['DIR-01: top directory only', 'sub/a.yaml', {}, false],
  ['DIR-01: recurse', 'sub/a.yaml', { recurse: true }, true],
  ['DIR-02: include crosses directories', 'sub/a.yaml', { recurse: true, include: '*.yaml' }, true],
  ['DIR-02: include', 'a.yml', { include: '{b,c}.yml' }, false],
  ['DIR-02: exclude wins', 'a.yaml', { include: '*', exclude: 'a*' }, false],
  ['DIR-03: other files', 'README.md', {}, false],
  ['DIR-03: json', 'a.json', {}, true],
  ['DIR-03: every extension', 'a.tmpl', { disableExtensionFilter: true }, true],
  ['DIR-03: programs are no manifests', 'a.jsonnet', { disableExtensionFilter: true }, false],
])('%s', (_, path, filter, expected) => {
  expect(isRenderedFile(path, filter)).toBe(expected)
})

test.each([
  ['prod/values.yaml', -1],
  ['prod/*.yaml', 5],
  ['prod/?.yaml', 5],
  ['[ab].yaml', 0],
])('HELM-03: the first wildcard of %s stands at %i', (path, at) => {
  expect(wildcardAt(path)).toBe(at)
})
