import { describe, expect, inject, it } from 'vitest'
import type { Wake } from '../../core/flow.ts'
import {
  decision,
  nothingToDo,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { openApplication, wakeOf } from './application-run.ts'

const temporal = inject('temporal')

describe('a message that arrives while a run closes', () => {
  it('keeps it open: it is taken up by a run that continues this one', async () => {
    const decided: (readonly Wake[])[] = []
    let reported = 0
    const { activities } = scriptedApplication({
      plan: async () => nothingToDo,
      decide: async ({ wakes }) => {
        decided.push(wakes)
        return decision
      },
      report: async () => {
        // the workflow closes with this very answer
        if (++reported === 1) await run.wake('push', 2)
        return { sync: 'Synced', health: 'Healthy', unpublished: [] }
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('spec')
    await run.result()
    expect(decided).toEqual([[wakeOf('spec')], [wakeOf('push', 2)]])
    expect(await run.inputs()).toHaveLength(2)
  })

  it('of health is answered by one more report of the same run', async () => {
    let reported = 0
    const { activities } = scriptedApplication({
      plan: async () => nothingToDo,
      report: async () => {
        if (++reported === 1) await run.wake('health')
        return { sync: 'Synced', health: 'Healthy', unpublished: [] }
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('spec')
    await run.result()
    expect(reported).toBe(2)
    expect(await run.inputs()).toHaveLength(1)
  })

  it('is taken up for the Application that there is, when it was created again meanwhile', async () => {
    const removed: unknown[] = []
    const { activities, reports } = scriptedApplication({
      plan: async () => nothingToDo,
      decide: async ({ wakes }) =>
        wakes.some(({ uid }) => uid === 'second')
          ? { ...decision, uid: 'second' }
          : { ...decision, action: 'delete' },
      remove: async ({ application }) => {
        removed.push(application.uid)
        await run.wake('health', 1, 'u')
        await run.wake('spec', 2, 'second')
        return { remaining: removed.length === 1 ? 1 : 0 }
      },
      release: async () => undefined,
      report: async ({ application, report }) => {
        reported.push(application.uid)
        reports.push(report)
        return { sync: 'Synced', health: 'Healthy', unpublished: [] }
      },
    })
    const reported: string[] = []
    const run = await openApplication(temporal, activities)
    await run.wake('delete', 0, 'u')
    await run.result()
    expect(removed).toEqual(['u', 'u'])
    expect(reported).toEqual(['second'])
    expect(await run.inputs()).toHaveLength(2)
  })

  it('opens a new run when the one before is closed', async () => {
    const { activities, reports } = scriptedApplication({ plan: async () => nothingToDo })
    const run = await openApplication(temporal, activities)
    await run.wake('spec')
    await run.result()
    await run.wake('push')
    await run.result()
    expect(reports).toHaveLength(2)
    // nothing is continued: each stands by itself
    expect(await run.inputs()).toHaveLength(1)
  })
})

describe('events that Kafka does not take', () => {
  it('are published by the run itself, and taken along when other work comes first', async () => {
    const tried = Promise.withResolvers<void>()
    const published: unknown[] = []
    let reported = 0
    const { activities } = scriptedApplication({
      plan: async () => nothingToDo,
      report: async () => {
        const unpublished = ++reported === 1 ? [{ id: 'e1' }] : [{ id: 'e2' }]
        return { sync: 'Synced', health: 'Healthy', unpublished }
      },
      publish: async ({ events }) => {
        if (reported === 1) {
          tried.resolve()
          throw new Error('Kafka is away')
        }
        published.push(...events)
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('spec')
    await tried.promise
    await run.wake('push')
    await run.result()
    const [, second] = await run.inputs()
    expect(second?.unpublished).toEqual([{ id: 'e1' }])
    expect(published).toEqual([{ id: 'e1' }, { id: 'e2' }])
  })
})

describe('a deletion', () => {
  it('is looked at until nothing is left, and only then lets the Application go', async () => {
    const calls: string[] = []
    let remaining = 2
    const { activities } = scriptedApplication({
      decide: async () => ({ ...decision, action: 'delete' }),
      remove: async () => {
        calls.push(`${remaining} left`)
        return { remaining: remaining-- }
      },
      release: async () => {
        calls.push('released')
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('delete')
    await eventually(
      () => calls.length,
      (count) => count === 1,
    )
    await run.wake('health')
    await eventually(
      () => calls.length,
      (count) => count === 2,
    )
    await run.wake('health')
    await run.result()
    expect(calls).toEqual(['2 left', '1 left', '0 left', 'released'])
  })

  it('that takes very long goes on in a further run, so that no history grows for ever', async () => {
    let looks = 0
    const { activities } = scriptedApplication({
      decide: async () => ({ ...decision, action: 'delete' }),
      remove: async () => {
        looks++
        if (looks < 110) await run.wake('health')
        return { remaining: looks < 110 ? 1 : 0 }
      },
      release: async () => undefined,
    })
    const run = await openApplication(temporal, activities)
    await run.wake('delete')
    expect(await run.result()).toBe('deleted with its resources')
    expect(looks).toBe(110)
    expect(await run.inputs()).toHaveLength(2)
  })
})

describe('a change that a sync window blocks', () => {
  const blocked = { reason: 'blocked by sync window', inMs: 3_600_000 }

  it('WIN-06: is queued, and synced when the window opens', async () => {
    let isOpen = false
    const { activities, reports } = scriptedApplication({
      decide: async () =>
        isOpen ? decision : { ...decision, action: 'compare', blocked: { ...blocked, inMs: 50 } },
      plan: async (planning) => {
        isOpen = planning.blocked !== undefined
        return isOpen ? { ...nothingToDo, reason: blocked.reason } : syncPlan
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await run.result()
    expect(reports.at(-1)?.operation?.phase).toBe('Succeeded')
    const [, next] = await run.inputs()
    expect(next).toMatchObject({ pending: [wakeOf('push')] })
    expect(next).not.toHaveProperty('attempt')
  })

  it('WIN-06: is decided together with what comes while it waits', async () => {
    const decided: (readonly Wake[])[] = []
    const { activities } = scriptedApplication({
      decide: async ({ wakes }) => {
        decided.push(wakes)
        return decided.length > 1 ? decision : { ...decision, action: 'compare', blocked }
      },
      plan: async () => ({ ...nothingToDo, reason: blocked.reason }),
      report: async () => {
        if (decided.length === 1) await run.wake('push', 3)
        return { sync: 'OutOfSync', health: 'Healthy', unpublished: [] }
      },
    })
    const run = await openApplication(temporal, activities)
    await run.wake('push')
    await run.result()
    expect(decided.at(-1)).toEqual([wakeOf('push'), wakeOf('push', 3)])
  })

  it('WIN-07: is shown as running while somebody who asked for it waits', async () => {
    let looks = 0
    const { activities, reports } = scriptedApplication({
      decide: async () =>
        ++looks > 1 ? decision : { ...decision, action: 'wait', blocked: { ...blocked, inMs: 50 } },
      plan: async () => syncPlan,
    })
    const run = await openApplication(temporal, activities)
    await run.wake('operation')
    await run.result()
    expect(reports[0]?.operation).toMatchObject({ phase: 'Running' })
    expect(reports[0]).not.toHaveProperty('answers')
    expect(reports.at(-1)?.operation?.phase).toBe('Succeeded')
  })
})
