import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, operationFacts, rendered, statusReport } from '../../test/fixtures/report.ts'
import type { StatusReport } from '../flow.ts'
import { buildStatus } from './build.ts'
import { withGrace } from './grace.ts'
import type { ApplicationStatus } from './status.ts'

const minute = 60_000
const away = { type: 'GitAccessError', message: 'the repository cannot be read' }

/** The status after a report, as the activity writes it. */
function after(previous: ApplicationStatus, facts: Partial<StatusReport>): ApplicationStatus {
  return buildStatus({
    ...{ application: applicationOf(), previous, observed: 'o', unbuilt: [], images: [] },
    ...{ resources: undefined, health: { status: 'Healthy' } },
    report: withGrace(previous, statusReport(facts)),
  })
}
const good: ApplicationStatus = {
  ...after({}, { rendered }),
  sync: { status: 'Synced', comparedTo: {} } as never,
}
const at = (minutes: number) => newYear + minutes * minute

describe('a repository that cannot be read for a moment (AUTO-13)', () => {
  it('leaves the status as it was for three minutes from the first failure', () => {
    let status = good
    for (const minutes of [1, 2, 3.9]) {
      status = after(status, { failure: away, begunAt: at(1), at: at(minutes) })
      expect(status.sync?.status).toBe('Synced')
      expect(status.conditions).toEqual([])
      expect(status.driftless?.failure).toBeUndefined()
    }
    const late = after(status, { failure: away, begunAt: at(1), at: at(4) })
    expect(late.sync?.status).toBe('Unknown')
    expect(late.conditions).toMatchObject([{ type: 'ComparisonError', message: away.message }])
  })

  it('is remembered when each failure is one of its own, and forgotten with the first success', () => {
    const first = after(good, { failure: away, at: at(1) })
    const health = after(first, { at: at(2) })
    expect(after(health, { failure: away, at: at(5) }).sync?.status).toBe('Unknown')
    const well = { ...after(health, { rendered, at: at(3) }), sync: good.sync } as ApplicationStatus
    expect(after(well, { failure: away, at: at(5) }).sync?.status).toBe('Synced')
  })

  it.each(['drift', 'start'])(
    'stays told while what drifted is healed without it, after %s',
    (trigger) => {
      const told = after(after(good, { failure: away, at: at(1) }), { failure: away, at: at(5) })
      const decided = { action: 'sync', reason: 'drift', trigger, events: [], at: at(6) } as const
      const healing = { rendered, decided, conditions: [], at: at(6) }
      const healed = after(told, { ...healing, operation: operationFacts({ heal: true }) })
      expect(healed).toMatchObject({
        sync: { status: 'Unknown' },
        conditions: told.conditions,
        driftless: { failure: told.driftless?.failure, troubledSince: at(1) },
      })
      const stale = operationFacts({ heal: true, stale: true })
      const mixed = { ...healing, decided: { ...decided, trigger: 'poll' }, operation: stale }
      expect(after(told, mixed).conditions).toEqual(told.conditions)
      const polled = { ...healing, decided: { ...decided, trigger: 'poll' } }
      expect(after(healed, polled).conditions).toEqual([])
    },
  )

  it.each<[string, ApplicationStatus, Partial<StatusReport>]>([
    ['the application is new', {}, { failure: away }],
    ['its spec has changed', good, { failure: away, specDigest: 's2' }],
    ['somebody refreshes it', good, { failure: away, refreshed: { kind: 'normal' } as never }],
    ['somebody asked for a sync', good, { failure: away, operation: operationFacts() }],
    ['its manifests are wrong', good, { failure: { type: 'ManifestError', message: 'a.yaml:1' } }],
    ['it refuses us', good, { failure: { type: 'GitAuthError', message: 'refused' } }],
  ])('is told at once when %s', (_, previous, facts) => {
    expect(after(previous, facts).conditions?.map(({ type }) => type)).toContain('ComparisonError')
  })
})
