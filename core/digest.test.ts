import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applicationLabel, digestOf, sha256Hex } from './digest.ts'

test('sha256Hex is SHA-256', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('the order of keys and undefined fields do not count, the order of items does', () => {
  expect(digestOf({ a: 1, b: { c: 2, d: undefined } })).toBe(digestOf({ b: { c: 2 }, a: 1 }))
  expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]))
})

test('equal digests mean equal JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const copy: unknown = JSON.parse(JSON.stringify(a))
      expect(digestOf(copy)).toBe(digestOf(a))
      if (digestOf(a) === digestOf(b)) expect(JSON.parse(JSON.stringify(b))).toEqual(copy)
    }),
  )
})

test('the label of an application is 20 hex digits of SHA-256 of namespace/name', () => {
  expect(applicationLabel('argocd', 'shop')).toBe(sha256Hex('argocd/shop').slice(0, 20))
})
