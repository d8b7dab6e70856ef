import { describe, expect, it } from 'vitest'
import { newYear, operationFacts, rendered, statusReport } from '../../test/fixtures/report.ts'
import type { StatusReport } from '../flow.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { deploymentEvents, keyOfDeployment } from './deployment.ts'
import { newsOf } from './news.ts'

const ref = { namespace: 'argocd', name: 'shop', uid: 'u-1' }
const good: ApplicationStatus = {
  sync: { status: 'Synced', revision: 'r1' },
  health: { status: 'Healthy' },
}
const condition = (type: string, message: string) => ({
  ...good,
  conditions: [{ type, message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
})
const events = (report: StatusReport, after = good, before = good) => {
  const own = { sequence: report.sequence, specDigest: '', observed: '' }
  const news = newsOf({ before, after, report })
  return deploymentEvents({ ref, after: { ...after, driftless: { ...own, news } }, report })
}
const kinds = (...args: Parameters<typeof events>) =>
  events(...args).map(({ type }) => type.replace('dev.driftless.deployment.', ''))

describe('what is told of a change of status', () => {
  it('is how the operation stands', () => {
    const begun = {
      ...good,
      operationState: { startedAt: '2026-01-01T00:00:00Z' },
    } as ApplicationStatus
    const told = (['Running', 'Succeeded', 'Failed', 'Error'] as const).map((phase) =>
      kinds(statusReport({ operation: operationFacts({ phase }) }), begun),
    )
    expect(kinds(statusReport({ operation: operationFacts() }), begun, begun)).not.toContain(
      'sync-started',
    )
    expect(told).toEqual([['sync-started'], ['sync-succeeded'], ['sync-failed'], ['sync-failed']])
  })

  it('is how it was ended early, with the revision that was under way', () => {
    const ends = { message: 'superseded by r2', revision: 'r0' } as const
    const [superseded] = events(statusReport({ ends: { ...ends, how: 'superseded' } }))
    expect(superseded).toMatchObject({
      type: 'dev.driftless.deployment.sync-superseded',
      data: { revision: 'r0', message: 'superseded by r2' },
    })
    expect(kinds(statusReport({ ends: { ...ends, how: 'terminated' } }))).toEqual([
      'sync-terminated',
    ])
  })

  it('is the same for whoever makes a report again that is written already', () => {
    const report = statusReport({ rendered })
    const written: ApplicationStatus = {
      ...good,
      sync: { status: 'OutOfSync' },
      driftless: {
        sequence: report.sequence,
        specDigest: '',
        observed: '',
        news: ['drift-found', 'health-changed'],
      },
    }
    expect(newsOf({ before: written, after: good, report })).toEqual([
      'drift-found',
      'health-changed',
    ])
  })

  it('is nothing when nothing changed', () => {
    expect(events(statusReport({ rendered }))).toEqual([])
  })

  it('is drift, when no operation explains the difference', () => {
    const drifted: ApplicationStatus = { ...good, sync: { status: 'OutOfSync' } }
    expect(kinds(statusReport({ rendered }), drifted)).toEqual(['drift-found'])
    const operation = operationFacts({ phase: 'Failed' })
    expect(kinds(statusReport({ operation }), drifted)).toEqual(['sync-failed'])
    expect(kinds(statusReport({ rendered }), drifted, drifted)).toEqual([])
  })

  it('is a change of health, but not the first health at all', () => {
    const bad: ApplicationStatus = {
      ...good,
      health: { status: 'Degraded', message: 'Caused by Deployment shop/web' },
    }
    const [changed] = events(statusReport(), bad)
    expect(changed).toMatchObject({
      type: 'dev.driftless.deployment.health-changed',
      data: { health: 'Degraded', message: 'Caused by Deployment shop/web' },
    })
    expect(events(statusReport(), bad, {})).toEqual([])
  })

  it.each([
    ['ComparisonError', 'comparison-failed'],
    ['DeletionError', 'deletion-failed'],
  ])('is %s once for each text', (type, kind) => {
    const [first, second] = [condition(type, 'one'), condition(type, 'two')]
    expect(kinds(statusReport(), first)).toEqual([kind])
    expect(kinds(statusReport(), first, first)).toEqual([])
    expect(kinds(statusReport(), second, first)).toEqual([kind])
    expect(kinds(statusReport(), good, first)).toEqual([])
  })
})

describe('an event of a deployment', () => {
  const failure = { type: 'AdmissionDenied', message: 'no', object: 'ConfigMap shop/c' }
  const report = statusReport({ operation: operationFacts({ phase: 'Failed', failure }) })

  it('has the same id when its report is made again, and another one for another operation', () => {
    const { operation } = report
    const [one] = events(report)
    const [redone] = events({ ...report, sequence: report.sequence + 1 })
    const later = operation && { ...operation, startedAt: operation.startedAt + 1 }
    const [other] = events({ ...report, ...(later && { operation: later }) })
    expect(one?.id).toBe(`u-1-${newYear}-sync-failed`)
    expect(redone?.id).toBe(one?.id)
    expect(other?.id).not.toBe(one?.id)
  })

  it('says where, what, and why it failed', () => {
    const [event] = events(report)
    expect(event).toMatchObject({
      source: '/applications/argocd/shop',
      subject: 'argocd/shop',
      applicationuid: 'u-1',
      time: '2026-01-01T00:00:00Z',
      data: { application: 'argocd/shop', revision: 'r1', sync: 'Synced', health: 'Healthy' },
    })
    expect(event?.data.failure).toMatchObject({ cause: 'admission', object: 'ConfigMap shop/c' })
    expect(event && keyOfDeployment(event)).toBe('argocd/shop')
  })

  it('is a summary: a long message is cut', () => {
    const operation = operationFacts({ message: 'x'.repeat(100_000) })
    expect(events(statusReport({ operation }))[0]?.data.message).toHaveLength(4_000)
  })
})
