import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, operationFacts, request, statusReport } from '../../test/fixtures/report.ts'
import { digestOf } from '../digest.ts'
import type { OperationFacts, StatusReport } from '../flow.ts'
import { buildStatus } from '../status/build.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { rollBackBadDeployment } from './automatic-rollback.ts'
import { requestOf } from './request.ts'
import { annotationProblems } from './rollback-policy.ts'

const minute = 60_000
const annotated = (annotations: Readonly<Record<string, string>>, more: object = {}) =>
  applicationOf({ metadata: { annotations }, ...more })
const both = annotated({ 'driftless.dev/rollback-on': 'degraded, failed' })

type Moment = {
  readonly health?: 'Healthy' | 'Degraded' | 'Progressing'
  /** The revision that is deployed or compared, and renders from as much. */
  readonly revision?: string
  readonly facts?: Partial<OperationFacts>
  readonly report?: Partial<StatusReport>
  readonly minutes: number
}

/** What the reports of these moments make of an application, one after another. */
function told(moments: readonly Moment[], application = both) {
  let status: ApplicationStatus = {}
  let operation: object | undefined
  for (const { health = 'Healthy', revision, facts, report: more, minutes } of moments) {
    const at = newYear + minutes * minute
    const rendered = { revision: revision ?? '', inputs: revision ?? '', digest: 'd', count: 1 }
    const report = statusReport({
      ...{ at, sequence: at },
      ...(revision !== undefined && { rendered: { ...rendered, warnings: [] } }),
      ...(revision !== undefined && {
        operation: operationFacts({
          ...{ revision, startedAt: at - 1_000, finishedAt: at },
          results: [{ key: '/ConfigMap/a/b', status: 'Synced' }],
          ...facts,
        }),
      }),
      ...more,
    })
    const built = buildStatus({
      ...{ application, previous: status, report, observed: 'o', unbuilt: [] },
      ...{ resources: [], images: [], health: { status: health, message: 'Caused by x' } },
    })
    ;({ status, operation = undefined } = rollBackBadDeployment({
      ...{ application, status: built, report },
    }))
  }
  return { status, operation, last: status.driftless?.rollbacks?.at(-1) }
}

const good: Moment = { revision: 'r1', minutes: 0 }
const bad = { phase: 'Failed', message: 'Deployment x is Degraded' } as const

describe('a deployment that turns out bad (driftless.dev/rollback-on)', () => {
  it('is followed by the last good one when its operation failed, with the reason', () => {
    const { operation, last } = told([good, { revision: 'r2', facts: bad, minutes: 5 }])
    const reason = 'back to deployment 0 (r1), because r2 failed: Deployment x is Degraded'
    expect(last).toEqual({
      ...{ revision: 'r2', inputs: 'r2', to: 0, reason, at: '2026-01-01T00:05:00Z' },
    })
    expect(requestOf(applicationOf({ operation }))).toMatchObject({
      ...{ initiator: 'automatic-rollback', revision: 'r1', ownSource: true, hooks: true },
      ...{ prune: true, rollbackTo: 0, because: reason },
    })
  })

  it('is followed by it when the application becomes Degraded within the window', () => {
    const two = { revision: 'r2', minutes: 5 }
    const ill = { health: 'Degraded' as const }
    expect(told([good, two, { ...ill, minutes: 14 }]).last?.reason).toBe(
      'back to deployment 0 (r1), because the application became Degraded with r2: Caused by x',
    )
    expect(told([good, two, { ...ill, minutes: 16 }]).last).toBeUndefined()
    const longer = {
      'driftless.dev/rollback-on': 'degraded',
      'driftless.dev/rollback-window': '1h',
    }
    expect(told([good, two, { ...ill, minutes: 60 }], annotated(longer)).last).toBeDefined()
    // told late of what happened in time
    const seen = [good, two, { ...ill, minutes: 14, report: { final: false } }]
    expect(told([...seen, { ...ill, minutes: 30 }]).last).toBeDefined()
  })

  it('stays where only the other cause is named, or none (HIST-03)', () => {
    const failed = [good, { revision: 'r2', facts: bad, minutes: 5 }]
    const ill = [good, { revision: 'r2', minutes: 5 }, { health: 'Degraded' as const, minutes: 6 }]
    expect(
      told(failed, annotated({ 'driftless.dev/rollback-on': 'degraded' })).last,
    ).toBeUndefined()
    expect(told(ill, annotated({ 'driftless.dev/rollback-on': 'failed' })).last).toBeUndefined()
    expect(told(failed, annotated({})).last).toBeUndefined()
  })

  it('is rolled back once, and a rollback never is', () => {
    const failed = { revision: 'r2', facts: bad, minutes: 5 }
    expect(told([good, failed, { ...failed, minutes: 7 }]).operation).toBeUndefined()
    const back = { ...bad, request: { ...request, rollbackTo: 0 } }
    const rolledBack = [good, failed, { revision: 'r1', facts: back, minutes: 6 }]
    const { operation, status } = told([...rolledBack, { health: 'Degraded', minutes: 7 }])
    expect([operation, status.driftless?.rollbacks?.length]).toEqual([undefined, 1])
  })

  it('stays without a good one, and when nothing of it was done', () => {
    expect(told([{ revision: 'r2', facts: bad, minutes: 5 }]).last).toBeUndefined()
    const ill = { ...good, health: 'Degraded' as const }
    expect(told([ill, { revision: 'r2', facts: bad, minutes: 5 }]).last).toBeUndefined()
    const refused = { ...bad, results: [] }
    expect(told([good, { revision: 'r2', facts: refused, minutes: 5 }]).last).toBeUndefined()
  })

  it('has the time of the window for causes that can pass', () => {
    const begunAt = newYear + 5 * minute
    const again = (minutes: number) => ({
      ...{ revision: 'r2', minutes },
      facts: { ...bad, begunAt, repeats: true as const, ...(minutes > 5 && { results: [] }) },
    })
    expect(told([good, again(5), again(10)]).last).toBeUndefined()
    expect(told([good, again(5), again(10), again(15)]).last).toBeDefined()
  })

  it('waits for what runs, and for what somebody asked for meanwhile', () => {
    const failed = { revision: 'r2', facts: bad, minutes: 5 }
    const asking = { metadata: both.metadata, operation: { sync: { revision: 'r3' } } }
    expect(told([good, failed], applicationOf(asking)).operation).toBeUndefined()
    const answers = { ...request, digest: digestOf(asking.operation) }
    const answered = [good, { ...failed, report: { answers } }]
    expect(told(answered, applicationOf(asking)).operation).toBeDefined()
    const heal = { revision: 'r1', facts: { ...bad, heal: true }, minutes: 5 }
    expect(told([good, heal]).last).toBeUndefined()
  })

  it('is no more watched over once a person or newer work ended it', () => {
    const ends = { how: 'terminated', message: 'Operation terminated' } as const
    const ill = { health: 'Degraded' as const, minutes: 6 }
    const two = { revision: 'r2', minutes: 4 }
    expect(told([good, two, { minutes: 5, report: { ends } }, ill]).last).toBeUndefined()
  })
})

describe('annotations that nobody can understand', () => {
  it('are named with what to write instead', () => {
    const name = (what: string) => `driftless.dev/${what}`
    const wrong = annotated({
      [name('rollback-on')]: 'degraded,sick',
      [name('rollback-window')]: 'soon',
      [name('history-retention')]: '30d',
      [name('rollback-revert')]: 'yes',
    })
    expect(annotationProblems(wrong)).toEqual([
      'driftless.dev/rollback-on: "sick" is neither degraded nor failed; correct it',
      'driftless.dev/rollback-window: "soon" is no duration; write it as 10m or 720h',
      'driftless.dev/history-retention: "30d" is no duration; write it as 10m or 720h',
      'driftless.dev/rollback-revert: "yes" is neither true nor false; correct it',
    ])
    expect(annotationProblems(both)).toEqual([])
  })
})
