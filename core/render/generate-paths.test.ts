import { expect, test } from 'vitest'
import { generatePaths, isMeant, patternRoot } from './generate-paths.ts'

test.each([
  [undefined, undefined],
  ['', undefined],
  [' ; ', undefined],
  ['.', ['apps/shop']],
  ['/', ['.']],
  ['.;../shared; /charts/*.yaml', ['apps/shop', 'apps/shared', 'charts/*.yaml']],
  ['../../../etc;values.yaml', ['apps/shop/values.yaml']],
])('manifest-generate-paths %j of apps/shop are %j (SRC-17)', (annotation, expected) => {
  expect(generatePaths(annotation, 'apps/shop')).toEqual(expected)
})

test('a pattern stays within a folder, and is looked for below what is no pattern (SRC-17)', () => {
  expect(patternRoot('charts/web/*.yaml')).toBe('charts/web')
  expect(patternRoot('*')).toBe('.')
  expect(isMeant('charts/*.yaml', 'charts/a.yaml')).toBe(true)
  expect(isMeant('charts/*.yaml', 'charts/web/a.yaml')).toBe(false)
})
