import { describe, expect, it } from 'vitest'
import {
  newYear,
  newYearText,
  operationFacts,
  rendered,
  statusReport,
} from '../../test/fixtures/report.ts'
import { conditionsOf } from './conditions.ts'
import type { ApplicationStatus } from './status.ts'

const texts = (conditions: ReturnType<typeof conditionsOf>) =>
  conditions.map(({ type, message }) => `${type}: ${message}`)
const condition = (type: string, message = 'old') => ({
  type,
  message,
  lastTransitionTime: '2025-06-01T00:00:00Z',
})
const before: ApplicationStatus = {
  conditions: [
    condition('ComparisonError'),
    condition('SyncError'),
    condition('InvalidSpecError'),
    condition('RepeatedResourceWarning'),
    condition('FieldNotSupportedWarning', 'spec.x is not acted on by this version'),
    condition('SelfHealBackoff'),
  ],
}

describe('the conditions after a report (AUTO-16)', () => {
  it('name every problem of the spec, what cannot be compared and the sync that failed', () => {
    const problems = ['spec.source: no', 'spec.destination: no']
    expect(texts(conditionsOf({}, statusReport({ problems }), { unbuilt: [] }))).toEqual([
      'InvalidSpecError: spec.source: no',
      'InvalidSpecError: spec.destination: no',
    ])
    const failure = { type: 'GitAccessError', message: 'no such branch' }
    expect(texts(conditionsOf({}, statusReport({ failure }), { unbuilt: [] }))).toEqual([
      'ComparisonError: no such branch',
    ])
    for (const phase of ['Failed', 'Error'] as const) {
      const operation = operationFacts({ phase, message: 'refused' })
      expect(texts(conditionsOf({}, statusReport({ operation }), { unbuilt: [] }))).toEqual([
        'SyncError: refused',
      ])
    }
  })

  it('say nothing of an operation that runs or went well', () => {
    for (const phase of ['Running', 'Succeeded'] as const) {
      const operation = operationFacts({ phase })
      expect(conditionsOf(before, statusReport({ operation }), { unbuilt: [] })).toEqual([])
    }
  })

  it('are over when a comparison does not name them any more', () => {
    const conditions = [{ type: 'RepeatedResourceWarning', message: 'new' }]
    expect(
      texts(conditionsOf(before, statusReport({ rendered, conditions }), { unbuilt: [] })),
    ).toEqual(['RepeatedResourceWarning: new'])
    expect(conditionsOf(before, statusReport({ rendered }), { unbuilt: [] })).toEqual([])
  })

  it('stay when a report speaks of health only, but for what is only of the moment', () => {
    const unbuilt = ['spec.y']
    expect(texts(conditionsOf(before, statusReport(), { unbuilt }))).toEqual([
      'ComparisonError: old',
      'SyncError: old',
      'InvalidSpecError: old',
      'RepeatedResourceWarning: old',
      'FieldNotSupportedWarning: spec.y is not acted on by this version',
    ])
  })

  it('of objects without an Application stay until somebody looked again (PROJ-07)', () => {
    const orphan = condition('OrphanedResourceWarning')
    const told = { conditions: [orphan] }
    const found = { unbuilt: [], orphans: [] }
    expect(conditionsOf(told, statusReport({ rendered }), { unbuilt: [] })).toEqual([orphan])
    expect(conditionsOf(told, statusReport(), { unbuilt: [] })).toEqual([orphan])
    expect(conditionsOf(told, statusReport(), found)).toEqual([])
    const news = { ...found, orphans: [{ type: orphan.type, message: 'new' }] }
    expect(texts(conditionsOf(told, statusReport({ rendered }), news))).toEqual([
      'OrphanedResourceWarning: new',
    ])
  })

  it('of objects that another Application tracks stay while what is declared is not known (SYNC-31)', () => {
    const shared = condition('SharedResourceWarning')
    const told = { conditions: [shared] }
    expect(conditionsOf(told, statusReport(), { unbuilt: [] })).toEqual([shared])
    expect(conditionsOf(told, statusReport(), { unbuilt: [], shared: [] })).toEqual([])
  })

  it('keep their time while their text stays, and only then', () => {
    const at = newYear
    const conditions = [
      { type: 'RepeatedResourceWarning', message: 'old' },
      { type: 'SelfHealBackoff', message: 'other' },
    ]
    const times = conditionsOf(before, statusReport({ at, conditions }), { unbuilt: [] }).map(
      ({ lastTransitionTime }) => lastTransitionTime,
    )
    expect(times).toEqual(['2025-06-01T00:00:00Z', newYearText])
  })
})
