import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { ApplicationRef, HealthReport, Wake, WakeReason } from '../../core/flow.ts'
import {
  type ApplicationInput,
  applicationWorkflow,
  applicationWorkflowId,
  wakeSignal,
} from '../../workflows/contract.ts'
import {
  changedKey,
  decision,
  nothingToDo,
  type Scripted,
  scriptedApplication,
  syncPlan,
} from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { inputOf } from '../harness/history.ts'
import { createWorld, type WorkflowWorld } from '../harness/workflow-world.ts'

const address = inject('temporal')
const waiting: HealthReport = {
  outcome: 'waiting',
  status: 'Progressing',
  resources: [{ key: changedKey, status: 'Progressing' }],
}
const settled: HealthReport = { outcome: 'settled', status: 'Healthy', resources: [] }
let world: WorkflowWorld
let application: ApplicationRef
let id = ''

afterEach(() => world.close())

async function open(activities: Scripted): Promise<void> {
  application = { namespace: 'argocd', name: `shop-${randomUUID()}`, uid: 'u' }
  id = applicationWorkflowId(application)
  world = await createWorld(address, activities)
}
const wakeOf = (reason: WakeReason, at = 1): Wake => ({ reason, at })
const wake = (reason: WakeReason, at?: number) =>
  world.send({
    workflow: applicationWorkflow,
    id,
    input: { application } satisfies ApplicationInput,
    signal: wakeSignal,
    message: wakeOf(reason, at),
  })
const inputs = async () => (await world.runs(id)).map((events) => inputOf<ApplicationInput>(events))

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

describe('a push while an operation waits for health', () => {
  const looks = () => {
    const health = { now: waiting }
    return { health, look: async () => health.now }
  }

  it('ends the run; the next goes on with what was begun when the manifests are the same', async () => {
    const { health, look } = looks()
    const continued: unknown[] = []
    let syncs = 0
    const { activities, reports } = scriptedApplication({
      fetch: revisions({ revision: 'r1', inputs: 'i1' }, { revision: 'r2', inputs: 'i1' }),
      health: look,
      plan: async (input) => {
        continued.push(input.continued)
        return input.continued ? nothingToDo : syncPlan
      },
      sync: async ({ step }) => {
        syncs++
        return { resources: step.changes.map(({ key }) => ({ key, status: 'Synced' })) }
      },
    })
    await open(activities)
    await wake('push')
    await eventually(
      () => reports.length,
      (count) => count > 0,
    )
    health.now = settled
    await wake('push', 2)
    expect(await world.result(id)).toContain('successfully synced')

    const [first, second] = await inputs()
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
    const { health, look } = looks()
    const { activities, reports } = scriptedApplication({
      fetch: revisions({ revision: 'r1', inputs: 'i1' }, { revision: 'r2', inputs: 'i2' }),
      health: look,
    })
    await open(activities)
    await wake('push')
    await eventually(
      () => reports.length,
      (count) => count > 0,
    )
    health.now = settled
    await wake('push', 2)
    await world.result(id)
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
    await open(activities)
    await wake('push')
    await writing.promise
    await wake('spec')
    written.resolve()
    await world.result(id)
    expect(order).toEqual(['push', 'begins', 'ends', 'spec'])
  })

  it('of health only ends the waiting, not the run', async () => {
    const { health, look } = looks()
    const { activities, reports } = scriptedApplication({ health: look })
    await open(activities)
    await wake('push')
    await eventually(
      () => reports.length,
      (count) => count > 0,
    )
    health.now = settled
    await wake('health')
    await world.result(id)
    expect(await world.runs(id)).toHaveLength(1)
    expect(reports.at(-1)?.operation?.phase).toBe('Succeeded')
  })
})

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
        if (++reported === 1) await wake('push', 2)
        return { sync: 'Synced', health: 'Healthy', unpublished: [] }
      },
    })
    await open(activities)
    await wake('spec')
    await world.result(id)
    expect(decided).toEqual([[wakeOf('spec')], [wakeOf('push', 2)]])
    expect(await world.runs(id)).toHaveLength(2)
  })

  it('of health is answered by one more report of the same run', async () => {
    let reported = 0
    const { activities } = scriptedApplication({
      plan: async () => nothingToDo,
      report: async () => {
        if (++reported === 1) await wake('health')
        return { sync: 'Synced', health: 'Healthy', unpublished: [] }
      },
    })
    await open(activities)
    await wake('spec')
    await world.result(id)
    expect(reported).toBe(2)
    expect(await world.runs(id)).toHaveLength(1)
  })

  it('opens a new run when the one before is closed', async () => {
    const { activities, reports } = scriptedApplication({ plan: async () => nothingToDo })
    await open(activities)
    await wake('spec')
    await world.result(id)
    await wake('push')
    await world.result(id)
    expect(reports).toHaveLength(2)
    // nothing is continued: each stands by itself
    expect(await world.runs(id)).toHaveLength(1)
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
    await open(activities)
    await wake('spec')
    await tried.promise
    await wake('push')
    await world.result(id)
    const [, second] = await inputs()
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
    await open(activities)
    await wake('delete')
    await eventually(
      () => calls.length,
      (count) => count === 1,
    )
    await wake('health')
    await eventually(
      () => calls.length,
      (count) => count === 2,
    )
    await wake('health')
    await world.result(id)
    expect(calls).toEqual(['2 left', '1 left', '0 left', 'released'])
  })
})
