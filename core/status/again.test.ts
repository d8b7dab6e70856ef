import { expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, operationFacts, statusReport } from '../../test/fixtures/report.ts'
import { deploymentEvents } from '../event/deployment.ts'
import { buildStatus } from './build.ts'
import type { ApplicationStatus } from './status.ts'

// the end of an operation is reported once more when health moves while it is being written
it('a report that says the same once more is one deployment in the history, told once', () => {
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
  const report = statusReport({ ...end, sequence: newYear + 1, again: true })
  const second = build(report, first)
  expect(second.history).toEqual(first.history)
  expect(second.operationState).toEqual(first.operationState)
  const ref = { namespace: 'argocd', name: 'shop', uid: 'u' }
  expect(deploymentEvents({ ref, before: first, after: second, report })).toEqual([])
})
