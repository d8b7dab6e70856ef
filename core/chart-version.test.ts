import { expect, test } from 'vitest'
import { chosenVersion } from './chart-version.ts'

const published = ['1.2.3', '1.3.0', 'v2.0.0', '2.1.0-rc.1', 'no version']

test.each([
  ['1.2.3', '1.2.3'],
  ['^1.0.0', '1.3.0'],
  ['*', 'v2.0.0'],
  ['', 'v2.0.0'],
  ['2.0.0', 'v2.0.0'],
  ['2.1.0-rc.1', '2.1.0-rc.1'],
  ['no version', 'no version'],
  ['9.9.9', undefined],
  ['latest', undefined],
])('%s means %s (SRC-05)', (wanted, expected) => {
  expect(chosenVersion(published, wanted)).toBe(expected)
})
