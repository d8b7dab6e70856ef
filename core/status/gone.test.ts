import { expect, it } from 'vitest'
import { goneText } from './gone.ts'
import type { HistoryEntry } from './status.ts'

const history = (...ids: readonly number[]) => ids.map((id) => ({ id }) as HistoryEntry)
const application = { metadata: {}, spec: {} }

it('says which deployments the history has no more, and why', () => {
  expect(goneText(history(), application)).toBeUndefined()
  expect(goneText(history(0, 1, 2), application)).toBeUndefined()
  const kept = { spec: { revisionHistoryLimit: 3 }, metadata: {} }
  expect(goneText(history(4, 6, 7), kept)).toBe(
    'deployments 0-3, 5 are gone: the newest 3 are kept (spec.revisionHistoryLimit)',
  )
  const annotations = { 'driftless.dev/history-retention': '720h' }
  expect(goneText(history(1), { spec: {}, metadata: { annotations } })).toBe(
    'deployments 0 are gone: the newest 10 are kept (spec.revisionHistoryLimit), none older than 720h',
  )
})
