import { ApplicationFailure } from '@temporalio/common'
import { describe, expect, inject, it } from 'vitest'
import type { Decision, HealthReport, SyncPlan } from '../../core/flow.ts'
import {
  changedKey,
  decision,
  nothingToDo,
  type Scripted,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { openApplication } from './application-run.ts'

const temporal = inject('temporal')
const settled: HealthReport = { outcome: 'settled', status: 'Healthy', resources: [] }
const degraded: HealthReport = {
  ...{ outcome: 'failed', status: 'Degraded' },
  resources: [{ key: changedKey, status: 'Degraded' }],
}
const config = { key: '/ConfigMap/shop/config', action: 'update' } as const
const hook = { object: 0, key: 'batch/Job/shop/sorry', phase: 'SyncFail' } as const
const twoWaves: SyncPlan = {
  ...syncPlan,
  check: true,
  steps: [{ wave: 0, changes: [config] }, ...syncPlan.steps.map((step) => ({ ...step, wave: 1 }))],
  failSteps: [{ wave: 0, changes: [], hooks: [hook] }],
}
const request: NonNullable<Decision['request']> = {
  ...{ digest: 'd', initiator: 'kim', prune: false, dryRun: false, hooks: true, ownSource: false },
}

/** A sync of the plan; tells what was done in order, how it was reported, and what it waited for. */
async function run(plan: SyncPlan, scripted: Scripted = {}, more: Partial<Decision> = {}) {
  const done: string[] = []
  const { activities, reports } = scriptedApplication({
    plan: async () => plan,
    decide: async () => ({ ...decision, ...more }),
    check: async () => {
      done.push('check')
      return { resources: [] }
    },
    sync: async ({ step }) => {
      done.push(`wave ${step.wave}`)
      return { resources: step.changes.map(({ key }) => ({ key, status: 'Synced' })) }
    },
    health: async () => {
      done.push('health')
      return settled
    },
    hook: async ({ hook: { key, phase } }) => {
      done.push(phase)
      return { key, created: true, message: '', phase: 'Succeeded' }
    },
    settleHooks: async () => undefined,
    ...scripted,
  })
  const opened = await openApplication(temporal, activities)
  await opened.wake(more.request === undefined ? 'push' : 'operation')
  await opened.result()
  const attempts = (await opened.inputs()).length
  return { done, reports, attempts, timers: await opened.timers() }
}

describe('a sync of two waves', () => {
  it('is tried as a whole first; a wave begins at once when the one before is healthy (SYNC-06, SYNC-09)', async () => {
    const { done, timers } = await run(twoWaves)
    expect(done).toEqual(['check', 'wave 0', 'health', 'wave 1', 'health'])
    expect(timers).toEqual([])
  })

  it('that is refused in its trial writes nothing, and runs no SyncFail hook (SYNC-09)', async () => {
    const refused = {
      key: changedKey,
      status: 'SyncFailed',
      message: 'no',
      failure: 'UnknownKindError',
    }
    const { done, reports } = await run(twoWaves, {
      check: async () => ({ resources: [refused as never], refusedBeforehand: true }),
    })
    expect(done).toEqual([])
    expect(reports.at(-1)?.operation).toMatchObject({
      phase: 'Failed',
      message: 'one or more objects failed to apply (dry run), reason: no',
    })
  })

  it('fails when what its last wave changed is Degraded, other than in Argo CD (SYNC-05)', async () => {
    const looks = [settled, degraded]
    const { reports } = await run(twoWaves, { health: async () => looks.shift() ?? settled })
    expect(reports.at(-1)?.operation?.phase).toBe('Failed')
  })
})

it('a wave ends when all of its hooks have ended, also when one of them failed (semantics 2.2 item 14)', async () => {
  const keys = ['fails', 'works'].map((name) => `batch/Job/shop/${name}` as const)
  const hooks = keys.map((key) => ({ object: 0, key, phase: 'PreSync' as const }))
  const steps = [{ wave: 0, phase: 'PreSync' as const, changes: [], hooks }, ...syncPlan.steps]
  let looks = 0
  let writes = 0
  const { activities, reports } = scriptedApplication({
    plan: async () => ({ ...syncPlan, steps }),
    hook: async ({ hook: { key } }) => {
      const report = { key, created: true, message: '' }
      if (key === keys[0]) return { ...report, phase: 'Failed' }
      if (++looks > 1) return { ...report, phase: 'Succeeded' }
      await opened.wake('health')
      return { ...report, phase: 'Running' }
    },
    sync: async () => {
      writes++
      return { resources: [] }
    },
    settleHooks: async () => undefined,
  })
  const opened = await openApplication(temporal, activities)
  await opened.wake('push')
  await opened.result()
  expect([looks, writes]).toEqual([2, 0])
  expect(reports.at(-1)?.operation?.results.map(({ hook: of }) => of?.phase)).toEqual([
    'Failed',
    'Succeeded',
  ])
})

describe('an operation that somebody asked for', () => {
  it('stays Running while it is repeated, and begins anew with all of its hooks (SYNC-26)', async () => {
    const presync = { ...hook, phase: 'PreSync' } as const
    const plan: SyncPlan = {
      ...syncPlan,
      steps: [{ wave: 0, phase: 'PreSync', changes: [], hooks: [presync] }],
    }
    const phases = ['Failed', 'Succeeded'] as const
    let runs = 0
    const retry = { limit: 1, durationMs: 10, factor: 1, maxMs: 10 }
    const { reports, attempts } = await run(
      plan,
      {
        hook: async ({ hook: { key } }) => ({
          ...{ key, created: true, message: '' },
          phase: phases[runs++] ?? 'Succeeded',
        }),
      },
      { request, retry },
    )
    expect([attempts, runs]).toEqual([2, 2])
    const ends = reports.filter(({ final }) => final).map(({ operation }) => operation?.phase)
    expect(ends).toEqual(['Running', 'Succeeded'])
  })

  it('is an Error when the spec cannot be worked with, or nothing can be compared (SYNC-32)', async () => {
    const reason = 'spec.destination: no such cluster'
    const invalid = { action: 'invalid', reason, problems: [reason], request } as const
    const { reports: first } = await run(syncPlan, {}, invalid)
    expect(first.at(-1)).toMatchObject({
      operation: { phase: 'Error', message: 'invalid: spec.destination: no such cluster' },
      answers: request,
    })
    const { reports: second } = await run(
      syncPlan,
      {
        render: async () => {
          throw ApplicationFailure.create({ type: 'ManifestError', nonRetryable: true })
        },
      },
      { request },
    )
    expect(second.at(-1)).toMatchObject({ operation: { phase: 'Error' }, answers: request })
  })
})

describe('what is read from Git (AUTO-06, AUTO-07)', () => {
  it.each([
    ['push', 1],
    ['refresh', 1],
    ['drift', 0],
    ['start', 0],
  ] as const)(
    'after %s is as fresh as %i: after drift and a start it may be what was compared last',
    async (reason, since) => {
      const asked: number[] = []
      const { activities } = scriptedApplication({
        fetch: async ({ freshSince }) => {
          asked.push(freshSince)
          return { revision: 'r1', inputs: 'i1', subject: '', author: '' }
        },
      })
      const opened = await openApplication(temporal, activities)
      await opened.wake(reason)
      await opened.result()
      expect(asked).toEqual([since])
    },
  )

  it('may be what was known while Git is away and something drifted: it is healed, and Git asked again (AUTO-13)', async () => {
    const trouble = { type: 'GitAccessError', message: 'away', retryable: true }
    const asked: unknown[] = []
    const { activities, reports } = scriptedApplication({
      decide: async () => ({
        ...decision,
        retry: { limit: 1, durationMs: 10, factor: 1, maxMs: 10 },
      }),
      fetch: async ({ orKnown }) => {
        asked.push(orKnown)
        const known = { revision: 'r1', inputs: 'i1', subject: '', author: '' }
        return asked.length > 1 ? known : { ...known, trouble }
      },
      plan: async () => (asked.length > 1 ? nothingToDo : syncPlan),
    })
    const opened = await openApplication(temporal, activities)
    await opened.wake('start')
    await opened.result()
    expect(asked).toEqual([true, true])
    expect(reports.map(({ operation, failure }) => [operation?.stale, failure?.message])).toEqual([
      [true, undefined],
      [undefined, 'away'],
      [undefined, undefined],
    ])
  })

  it('is nothing when only the health changed: the status is written anew', async () => {
    const { activities, reports } = scriptedApplication({
      decide: async () => ({ ...decision, action: 'report' }),
      fetch: async () => {
        throw new Error('Git is not asked')
      },
    })
    const opened = await openApplication(temporal, activities)
    await opened.wake('health')
    await opened.result()
    expect(reports).toHaveLength(1)
    expect(reports[0]).not.toHaveProperty('rendered')
  })
})
