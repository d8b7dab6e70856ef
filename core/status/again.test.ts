import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, operationFacts, statusReport } from '../../test/fixtures/report.ts'
import { newsOf } from '../event/news.ts'
import { buildStatus } from './build.ts'
import type { ApplicationStatus } from './status.ts'

const around = {
  application: applicationOf(),
  observed: 'o',
  unbuilt: [],
  resources: [],
  images: [],
}
const build = (report: ReturnType<typeof statusReport>, previous: ApplicationStatus) =>
  buildStatus({ ...around, report, previous, health: { status: 'Healthy' } })
const end = { operation: operationFacts(), sequence: newYear }
const first = build(statusReport(end), {})

describe('the end of an operation that is reported twice', () => {
  it('is one deployment in the history, told once, when health moved meanwhile', () => {
    const report = statusReport({ ...end, sequence: newYear + 1, again: true })
    const second = build(report, first)
    expect(second.history).toEqual(first.history)
    expect(second.operationState).toEqual(first.operationState)
    expect(newsOf({ before: first, after: second, report })).toEqual([])
  })

  // the write that clears the request wakes the workflow, and Temporal has the last step done anew
  it('is one deployment in the history when the workflow task was done anew', () => {
    expect(build(statusReport({ ...end, sequence: newYear + 99 }), first).history).toHaveLength(1)
  })

  it('is another deployment when it is another operation', () => {
    const operation = operationFacts({ startedAt: newYear + 60_000 })
    const report = statusReport({ operation, sequence: newYear + 60_000 })
    expect(build(report, first).history).toHaveLength(2)
  })
})
