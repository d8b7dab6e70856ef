import { describe, expect, inject, it } from 'vitest'
import type { Decision, HealthReport, SyncPlan } from '../../core/flow.ts'
import {
  changedKey,
  decision,
  type Scripted,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { openApplication } from './application-run.ts'

const temporal = inject('temporal')
const waiting: HealthReport = {
  ...{ outcome: 'waiting', status: 'Progressing' },
  resources: [{ key: changedKey, status: 'Progressing' }],
}
const hook = { object: 0, key: 'batch/Job/shop/long', phase: 'PreSync' } as const
const hooked: SyncPlan = {
  ...syncPlan,
  steps: [{ wave: 0, phase: 'PreSync', changes: [], hooks: [hook] }, ...syncPlan.steps],
  failSteps: [{ wave: 0, changes: [], hooks: [{ ...hook, phase: 'SyncFail' }] }],
}
const retry = { limit: 5, durationMs: 10, factor: 1, maxMs: 10 }

async function run(limits: Partial<Decision>, scripted: Scripted = {}) {
  const { activities, reports } = scriptedApplication({
    decide: async () => ({ ...decision, ...limits }),
    ...scripted,
  })
  const opened = await openApplication(temporal, activities)
  await opened.wake('push')
  await opened.result()
  return { end: reports.at(-1)?.operation, attempts: (await opened.inputs()).length }
}

/** A sync whose PreSync hook stays like this; tells which hooks ran and how they were let go. */
async function runHooked(limits: Partial<Decision>, presync: 'Running' | 'Failed' = 'Running') {
  const ran = new Set<string>()
  const settled: string[] = []
  const { end, attempts } = await run(limits, {
    plan: async () => hooked,
    hook: async ({ hook: { key, phase } }) => {
      ran.add(phase)
      const isOver = phase === 'SyncFail'
      return { key, created: true, message: '', phase: isOver ? 'Succeeded' : presync }
    },
    settleHooks: async ({ outcome }) => {
      settled.push(outcome)
    },
  })
  return { end, attempts, ran: [...ran], settled }
}

describe('driftless.dev/wave-timeout', () => {
  it('fails an operation whose wave is not healthy in time', async () => {
    const { end } = await run({ waveTimeoutMs: 1_000 }, { health: async () => waiting })
    expect(end).toMatchObject({ phase: 'Failed', failure: { type: 'HealthError' } })
    expect(end?.message).toBe(
      'the wave is not done after 1 s (driftless.dev/wave-timeout): Deployment shop/web is Progressing',
    )
  })

  it('fails a hook that still runs, which is deleted, and runs the SyncFail hooks (HOOK-11)', async () => {
    const { end, ran, settled } = await runHooked({ waveTimeoutMs: 1_000 })
    expect(end).toMatchObject({ phase: 'Failed', failure: { type: 'HookError' } })
    expect(end?.message).toContain('the wave is not done after 1 s (driftless.dev/wave-timeout)')
    expect([ran, settled]).toEqual([['PreSync', 'SyncFail'], ['terminated']])
  })

  it('has nothing to do with a hook that fails in time', async () => {
    const { end, settled } = await runHooked({ waveTimeoutMs: 60_000 }, 'Failed')
    expect(end?.message).not.toContain('wave-timeout')
    expect(settled).toEqual(['failed'])
  })
})

describe('driftless.dev/operation-timeout', () => {
  it('ends an operation as a termination does: without SyncFail hooks and retries (SYNC-27)', async () => {
    const limits = { operationTimeoutMs: 1_000, waveTimeoutMs: 60_000, retry }
    const { end, attempts, ran, settled } = await runHooked(limits)
    expect(end?.message).toContain(
      'the operation is not done after 1 s (driftless.dev/operation-timeout)',
    )
    expect([attempts, ran, settled]).toEqual([1, ['PreSync'], ['terminated']])
  })

  it('counts all attempts', async () => {
    const limits = {
      operationTimeoutMs: 4_000,
      retry: { ...retry, limit: -1, maxMs: 500, durationMs: 500 },
    }
    const { end, attempts } = await run(limits, {
      sync: async () => ({
        resources: [{ key: changedKey, status: 'SyncFailed', failure: 'QuotaExceeded' }],
      }),
    })
    expect(end?.phase).toBe('Failed')
    expect(attempts).toBeGreaterThan(1)
  })
})

describe('syncPolicy.retry.refresh', () => {
  it('looks at Git again before each repetition (SYNCP-07)', async () => {
    const since: number[] = []
    const { end } = await run(
      { retry: { ...retry, refresh: true } },
      {
        fetch: async ({ freshSince }) => {
          since.push(freshSince)
          return { revision: 'r1', inputs: 'i1', subject: '', author: '' }
        },
        sync: async () => ({
          resources: [
            since.length < 2
              ? { key: changedKey, status: 'SyncFailed', failure: 'QuotaExceeded' }
              : { key: changedKey, status: 'Synced' },
          ],
        }),
      },
    )
    expect(end?.phase).toBe('Succeeded')
    const [first = 0, second = 0] = since
    expect(first).toBe(1)
    expect(second).toBeGreaterThan(first)
  })
})
