import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { Look, Observed } from '../../core/flow.ts'
import { lookSignal, repositoryWorkflow, repositoryWorkflowId } from '../../workflows/contract.ts'
import type { Scripted } from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { timersOf } from '../harness/history.ts'
import { createWorld, type WorkflowWorld } from '../harness/workflow-world.ts'

const address = inject('temporal')
const nothingMissing: Observed = {
  head: 'b'.repeat(40),
  applications: 2,
  woken: 1,
  missing: [],
  lookAgainMs: 20,
}
const pushed = (commit: string): Look => ({ reason: 'push', at: 1, commit })
let world: WorkflowWorld
let id = ''

afterEach(() => world.close())

async function open(activities: Scripted): Promise<void> {
  id = repositoryWorkflowId(randomUUID())
  world = await createWorld(address, activities)
}
const look = (message: Look) =>
  world.send({
    workflow: repositoryWorkflow,
    id,
    input: { repository: 'example.com/org/repo' },
    signal: lookSignal,
    message,
  })

describe('looks at a repository', () => {
  it('that come while it is looked at are folded into one', async () => {
    const looking = Promise.withResolvers<void>()
    const looked = Promise.withResolvers<void>()
    const seen: (readonly Look[])[] = []
    await open({
      observe: async ({ looks }) => {
        seen.push(looks)
        if (seen.length === 1) {
          looking.resolve()
          await looked.promise
        }
        return nothingMissing
      },
    })
    await look(pushed('1'))
    await looking.promise
    for (const commit of ['2', '3', '4']) await look(pushed(commit))
    looked.resolve()
    expect(await world.result(id)).toBe(
      'bbbbbbb: 1 of 2 applications; bbbbbbb: 1 of 2 applications',
    )
    expect(seen).toEqual([[pushed('1')], [pushed('2'), pushed('3'), pushed('4')]])
  })

  it('are repeated for a commit that is announced and not to be seen yet', async () => {
    const seen: (readonly Look[])[] = []
    await open({
      observe: async ({ looks }) => {
        seen.push(looks)
        const missing = seen.length < 3 ? looks.filter(({ commit }) => commit === 'late') : []
        return { ...nothingMissing, missing }
      },
    })
    await world.start(repositoryWorkflow, id, {
      repository: 'example.com/org/repo',
      pending: [pushed('late'), pushed('there')],
    })
    await world.result(id)
    expect(seen).toEqual([[pushed('late'), pushed('there')], [pushed('late')], [pushed('late')]])
    expect(timersOf((await world.runs(id)).at(-1) ?? [])).toEqual([20, 20])
  })

  it('do not wait for that commit when there is other news', async () => {
    const seen: (readonly Look[])[] = []
    await open({
      observe: async ({ looks }) => {
        seen.push(looks)
        return seen.length === 1
          ? { ...nothingMissing, missing: looks, lookAgainMs: 3_600_000 }
          : nothingMissing
      },
    })
    await look(pushed('late'))
    await eventually(
      async () => timersOf((await world.runs(id)).at(-1) ?? []),
      (timers) => timers.length === 1,
    )
    await look(pushed('other'))
    await world.result(id)
    expect(seen).toEqual([[pushed('late')], [pushed('late'), pushed('other')]])
  })

  it('open a run anew when the one before is done', async () => {
    let observed = 0
    await open({
      observe: async () => {
        observed++
        return nothingMissing
      },
    })
    await look(pushed('1'))
    await world.result(id)
    await look(pushed('2'))
    await world.result(id)
    expect(observed).toBe(2)
  })
})

describe('a repository that does not answer', () => {
  const failing = (type: string) =>
    ApplicationFailure.create({ type, message: 'no', nonRetryable: true })

  it('is looked at again after 10 s; what was announced is not forgotten, a poll is', async () => {
    const seen: (readonly Look[])[] = []
    await open({
      observe: async ({ looks }) => {
        seen.push(looks)
        if (seen.length === 1) throw failing('GitAccessError')
        return nothingMissing
      },
    })
    await world.start(repositoryWorkflow, id, {
      repository: 'example.com/org/repo',
      pending: [pushed('1'), { reason: 'poll', at: 1 }],
    })
    const timers = await eventually(
      async () => timersOf((await world.runs(id)).at(-1) ?? []),
      (all) => all.length === 1,
    )
    expect(timers).toEqual([10_000])
    await look(pushed('2'))
    await world.result(id)
    expect(seen[1]).toEqual([pushed('1'), pushed('2')])
  })

  it('and was only polled is left to the next poll', async () => {
    await open({
      observe: async () => {
        throw failing('GitAccessError')
      },
    })
    await look({ reason: 'poll', at: 1 })
    expect(await world.result(id)).toBe('GitAccessError: 0 of 0 applications')
  })

  it('for a cause that does not pass ends the run with that cause', async () => {
    await open({
      observe: async () => {
        throw failing('InvalidSpecError')
      },
    })
    await look(pushed('1'))
    await expect(world.result(id)).rejects.toMatchObject({
      cause: { cause: { type: 'InvalidSpecError' } },
    })
  })
})
