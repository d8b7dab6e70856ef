import { describe, expect, it } from 'vitest'
import { applicationOf } from '../../test/fixtures/application.ts'
import { newYear, operationFacts, request, statusReport } from '../../test/fixtures/report.ts'
import { digestOf } from '../digest.ts'
import type { OperationFacts } from '../flow.ts'
import { operationStateOf } from './operation-state.ts'
import type { OperationState } from './status.ts'

const application = applicationOf()
const stateOf = (facts: Partial<OperationFacts>, previous?: OperationState) =>
  operationStateOf(application, statusReport({ operation: operationFacts(facts) }), previous)
const running = stateOf({ phase: 'Running', message: 'waits' }) as OperationState

describe('the operation in Argo CD’s shape (SYNC-28, SYNC-29, SYNC-30)', () => {
  it('is the previous one when a report speaks of none, as of a later degradation (SYNC-05)', () => {
    expect(operationStateOf(application, statusReport(), running)).toBe(running)
    expect(operationStateOf(application, statusReport(), undefined)).toBeUndefined()
  })

  it('says of an automated one what woke it, and counts repetitions only when there are some', () => {
    expect(stateOf({ retryCount: 2 })).toMatchObject({
      operation: {
        sync: { revision: 'r1' },
        initiatedBy: { automated: true },
        info: [{ name: 'Reason', value: 'push' }],
      },
      phase: 'Succeeded',
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: '2026-01-01T00:00:05Z',
      retryCount: 2,
    })
    expect(stateOf({})).not.toHaveProperty('retryCount')
    expect(running).not.toHaveProperty('retryCount')
  })

  it('keeps what was asked for, with the revision that it came to', () => {
    const operation = { sync: { prune: true, revision: 'main' }, info: [{ name: 'a', value: 'b' }] }
    const asking = applicationOf({ operation })
    const digest = digestOf(asking.operation ?? null)
    const report = (own: string) =>
      statusReport({ operation: operationFacts({ request: { ...request, digest: own } }) })
    expect(operationStateOf(asking, report(digest), undefined)?.operation).toMatchObject({
      sync: { prune: true, revision: 'r1' },
      info: [{ name: 'a', value: 'b' }],
      initiatedBy: { username: 'kim' },
    })
    // another request stands there by now: it is not shown as this one
    expect(operationStateOf(asking, report('other'), undefined)?.operation).toEqual({
      sync: { revision: 'r1' },
      initiatedBy: { username: 'kim' },
    })
  })

  it('lists what was done to each object, and leaves out what was not reached', () => {
    const results = [
      { key: '/ConfigMap/shop/a', status: 'Synced' },
      { key: '/ConfigMap/shop/b', status: 'Unchanged' },
      { key: 'apps/Deployment/shop/c', status: 'SyncFailed', message: 'denied' },
      { key: '/Secret/shop/d', status: 'NotReached' },
      { key: 'batch/Job/shop/e', status: 'Synced', hook: { type: 'PreSync', phase: 'Succeeded' } },
    ] as const
    expect(stateOf({ results })?.syncResult.resources).toEqual([
      resource('', 'ConfigMap', 'a', 'Synced', 'configured'),
      resource('', 'ConfigMap', 'b', 'Synced', 'unchanged'),
      { ...resource('apps', 'Deployment', 'c', 'SyncFailed', 'denied'), hookPhase: 'Failed' },
      {
        ...resource('batch', 'Job', 'e', 'Synced', 'configured'),
        hookType: 'PreSync',
        hookPhase: 'Succeeded',
        syncPhase: 'PreSync',
      },
    ])
  })
})

function resource(group: string, kind: string, name: string, status: string, message: string) {
  const key = { group, kind, namespace: 'shop', name }
  return { ...key, status, message, hookPhase: 'Running', syncPhase: 'Sync' }
}

describe('an operation that somebody wants to end (SYNC-25)', () => {
  const terminating: OperationState = { ...running, phase: 'Terminating' }

  it('stays Terminating while it only goes on (SYNC-29)', () => {
    expect(stateOf({ phase: 'Running' }, terminating)?.phase).toBe('Terminating')
  })

  it('is ended by its own end, and does not outlive a new operation', () => {
    expect(stateOf({ phase: 'Succeeded' }, terminating)?.phase).toBe('Succeeded')
    const next = { phase: 'Running', startedAt: newYear + 1_000 } as const
    expect(stateOf(next, terminating)?.phase).toBe('Running')
  })

  it('has failed when it is ended early; one that is over stays as it ended', () => {
    const ends = { how: 'terminated', message: 'Operation terminated' } as const
    const report = statusReport({ ends, at: newYear + 9_000 })
    for (const open of [running, terminating]) {
      expect(operationStateOf(application, report, open)).toEqual({
        ...open,
        phase: 'Failed',
        message: 'Operation terminated',
        finishedAt: '2026-01-01T00:00:09Z',
      })
    }
    const over = stateOf({})
    expect(operationStateOf(application, report, over)).toBe(over)
  })
})
