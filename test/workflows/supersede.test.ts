import { describe, expect, inject, it } from 'vitest'
import type { HealthReport } from '../../core/flow.ts'
import {
  changedKey,
  decision,
  nothingToDo,
  type Scripted,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { openApplication, wakeOf } from './application-run.ts'

const temporal = inject('temporal')
const waiting: HealthReport = {
  outcome: 'waiting',
  status: 'Progressing',
  resources: [{ key: changedKey, status: 'Progressing' }],
}
const settled: HealthReport = { outcome: 'settled', status: 'Healthy', resources: [] }

/** The revision that Git shows to each fetch, one after the other; the last one stays. */
function revisions(
  ...seen: readonly { revision: string; inputs: string }[]
): NonNullable<Scripted['fetch']> {
  let fetches = 0
  return async () => {
    const shown = seen[Math.min(fetches++, seen.length - 1)]
    if (shown === undefined) throw new Error('name a revision')
    return { ...shown, subject: 'fix probe', author: 'kim' }
  }
}

/** A run that has synced a push and waits for its health, until the test calls `settle`. */
async function openWaiting(more: Scripted = {}) {
  let health = waiting
  const { activities, reports } = scriptedApplication({ ...more, health: async () => health })
  const run = await openApplication(temporal, activities)
  await run.wake('push')
  await eventually(
    () => reports.length,
    (count) => count > 0,
  )
  const settle = () => {
    health = settled
  }
  return { run, reports, settle }
}

describe('a push while an operation waits for health', () => {
  it('ends the run; the next goes on with what was begun when the manifests are the same', async () => {
    const continued: unknown[] = []
    let syncs = 0
    const { run, reports, settle } = await openWaiting({
      fetch: revisions({ revision: 'r1', inputs: 'i1' }, { revision: 'r2', inputs: 'i1' }),
      plan: async (input) => {
        continued.push(input.continued)
        return input.continued ? nothingToDo : syncPlan
      },
      sync: async ({ step }) => {
        syncs++
        return { resources: step.changes.map(({ key }) => ({ key, status: 'Synced' })) }
      },
    })
    settle()
    await run.wake('push', 2)
    expect(await run.result()).toContain('successfully synced')

    const [first, second] = await run.inputs()
    const begun = reports[0]?.operation?.startedAt
    expect(first?.carried).toBeUndefined()
    expect(second?.carried).toEqual({
      inputs: 'i1',
      revision: 'r1',
      startedAt: begun,
      changed: [changedKey],
      hooks: false,
    })
    expect(second?.pending).toEqual([wakeOf('push', 2)])
    expect(continued).toEqual([false, true])
    expect(syncs).toBe(1)
    const last = reports.at(-1)
    expect(last?.operation).toMatchObject({ phase: 'Succeeded', startedAt: begun, revision: 'r2' })
  })

  it('with other manifests gives the first operation up as superseded and syncs the newer one', async () => {
    const { run, reports, settle } = await openWaiting({
      fetch: revisions({ revision: 'r1', inputs: 'i1' }, { revision: 'r2', inputs: 'i2' }),
    })
    settle()
    await run.wake('push', 2)
    await run.result()
    expect(reports.map(({ ends, operation }) => ends?.how ?? operation?.phase)).toEqual([
      'Running',
      'superseded',
      'Succeeded',
    ])
    expect(reports[1]?.ends).toMatchObject({
      revision: 'r1',
      startedAt: reports[0]?.operation?.startedAt,
    })
    expect(reports[2]?.operation?.revision).toBe('r2')
  })

  it('waits for the end of a write that runs', async () => {
    const writing = Promise.withResolvers<void>()
    const written = Promise.withResolvers<void>()
    const order: string[] = []
    const { activities } = scriptedApplication({
      sync: async ({ step }) => {
        order.push('begins')
        writing.resolve()
        await written.promise
        order.push('ends')
        return { resources: step.changes.map(({ key }) => ({ key, status: 'Synced' })) }
      },
      decide: async ({ wakes }) => {
        order.push(...wakes.map(({ reason }) => reason))
        return decision
      },
      plan: async ({ continued }) => (continued ? nothingToDo : syncPlan),
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await writing.promise
    await run.wake('spec')
    written.resolve()
    await run.result()
    expect(order).toEqual(['push', 'begins', 'ends', 'spec'])
  })

  it('of health only ends the waiting, not the run', async () => {
    const { run, reports, settle } = await openWaiting()
    settle()
    await run.wake('health')
    await run.result()
    expect(await run.inputs()).toHaveLength(1)
    expect(reports.at(-1)?.operation?.phase).toBe('Succeeded')
  })

  it('of health that comes between a look and the progress it tells is not lost', async () => {
    let looks = 0
    const { activities, reports } = scriptedApplication({
      health: async () => {
        if (++looks > 1) return settled
        await run.wake('health')
        return { ...waiting, again: false }
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await run.result()
    expect(looks).toBe(2)
    expect(reports.map(({ operation }) => operation?.phase)).toEqual(['Running', 'Succeeded'])
    expect(await run.timers()).toEqual([])
  })
})
