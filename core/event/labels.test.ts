import { expect, test } from 'vitest'
import { eventLabels, readLabelKeys } from './labels.ts'

const keysOf = (include?: string, exclude?: string) =>
  readLabelKeys((key) => (key === 'resource.includeEventLabelKeys' ? include : exclude))

test('OPS-07: Events have the labels that the settings name, of the Application before its project', () => {
  const labels = { team: 'a', 'example.com/stage': 'prod' }
  const ofProject = { team: 'b', cost: '7' }
  const chosen = (include?: string, exclude?: string) =>
    eventLabels(keysOf(include, exclude), labels, ofProject)
  expect(chosen('*')).toEqual({ team: 'a', 'example.com/stage': 'prod', cost: '7' })
  expect(chosen('team, example.com/*')).toEqual(labels)
  expect(chosen('*', 'example.com/*,cost')).toEqual({ team: 'a' })
  expect(chosen(undefined)).toEqual({})
  expect(chosen(' , ')).toEqual({})
})
