import { describe, expect, it } from 'vitest'
import type { OperationFacts, StatusReport } from '../flow.ts'
import type { ApplicationStatus } from '../status/status.ts'
import { noticeOf, replyPart } from './notice.ts'

const ref = { namespace: 'argocd', name: 'shop', uid: 'u' }
const facts: OperationFacts = {
  phase: 'Succeeded',
  message: 'successfully synced',
  startedAt: 1_000,
  revision: 'abc',
  trigger: 'push',
  retryCount: 0,
  heal: false,
  results: [
    { key: '/ConfigMap/shop/a', status: 'Synced' },
    { key: '/ConfigMap/shop/b', status: 'Pruned' },
    { key: '/ConfigMap/shop/c', status: 'NotReached' },
  ],
}
const report = (more: Partial<StatusReport>): StatusReport => ({
  ...{ at: 2_000, sequence: 2_000, final: true, specDigest: 'd' },
  ...more,
})
const tell = (more: Partial<StatusReport>, before: ApplicationStatus = {}) =>
  noticeOf({ ref, before, report: report(more) })
const failedWith = (evidence: string, sequence = 1): ApplicationStatus => ({
  driftless: {
    ...{ sequence, specDigest: 'd', observed: 'o' },
    failure: { cause: 'git-access', evidence, next: 'n' },
  },
})

describe('what people are told of', () => {
  it('an operation has one id through its life, and says what it did', () => {
    const running = tell({ operation: { ...facts, phase: 'Running' } })
    const done = tell({ operation: facts })
    expect(running?.operation).toBe('argocd/shop/1000')
    expect(done).toMatchObject({
      operation: 'argocd/shop/1000',
      phase: 'Succeeded',
      initiator: 'automated',
      resources: { changed: 1, pruned: 1, unchanged: 0, failed: 1 },
    })
    expect(tell({ operation: facts })).toEqual(done)
  })

  it('nothing is told of a comparison that works, of a dry run, and of waiting for the same', () => {
    const request = { digest: 'r', initiator: 'ana', prune: false, hooks: true, ownSource: false }
    const waiting = { ...facts, phase: 'Running' as const, message: 'waiting' }
    const operationState = { operation: {}, startedAt: '', phase: 'Running' as const }
    const syncResult = { revision: 'abc', source: {}, resources: [] }
    expect(tell({})).toBeUndefined()
    expect(tell({ operation: { ...facts, request: { ...request, dryRun: true } } })).toBeUndefined()
    expect(
      tell(
        { operation: waiting },
        { operationState: { ...operationState, message: 'waiting', syncResult } },
      ),
    ).toBeUndefined()
    expect(tell({ operation: { ...facts, request: { ...request, dryRun: false } } })).toMatchObject(
      {
        initiator: 'ana',
      },
    )
  })

  it('a failure carries its cause, and a long text is cut', () => {
    const failure = { type: 'AdmissionDenied', message: 'x'.repeat(9_000), object: 'Pod shop/a' }
    const notice = tell({ operation: { ...facts, phase: 'Failed', failure } })
    expect(notice?.failure).toMatchObject({ cause: 'admission', object: 'Pod shop/a' })
    expect(JSON.stringify(notice).length).toBeLessThan(6_000)
  })

  it('a comparison that fails is told once; writing the same report twice tells the same twice', () => {
    const failure = { type: 'GitAccessError', message: 'no such path' }
    expect(tell({ failure })).toMatchObject({ phase: 'Error', operation: 'argocd/shop/2000' })
    expect(tell({ failure }, failedWith('no such path'))).toBeUndefined()
    expect(tell({ failure }, failedWith('another path'))).toBeDefined()
    expect(tell({ failure }, failedWith('no such path', 2_000))).toEqual(tell({ failure }))
  })

  it('an operation that was superseded or terminated ends its own message', () => {
    const ends = { how: 'superseded' as const, message: 'superseded by 3f2a1c9', startedAt: 1_000 }
    expect(tell({ ends })).toMatchObject({
      ...{ operation: 'argocd/shop/1000', phase: 'Failed', message: 'superseded by 3f2a1c9' },
    })
    expect(tell({ ends: { how: 'terminated', message: 'Operation terminated' } })).toBeUndefined()
  })
})

it('the same failure has the same reply', () => {
  const failure = { cause: 'quota' as const, evidence: 'e', next: 'n' }
  expect(replyPart(failure)).toBe(replyPart({ ...failure, next: 'other words' }))
  expect(replyPart(failure)).not.toBe(replyPart({ ...failure, object: 'Pod a/b' }))
})
