import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { Look, Observed } from '../../core/flow.ts'
import { lookSignal, repositoryWorkflow, repositoryWorkflowId } from '../../workflows/contract.ts'
import { eventually } from '../harness/eventually.ts'
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

/** Opens a workflow whose looks are answered so; gives what it was asked to look for, each time. */
async function open(
  observe: (looks: readonly Look[], times: number) => Observed | Promise<Observed>,
): Promise<readonly (readonly Look[])[]> {
  const seen: (readonly Look[])[] = []
  id = repositoryWorkflowId(randomUUID())
  world = await createWorld(address, {
    observe: async ({ looks }) => await observe(looks, seen.push(looks)),
  })
  return seen
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
    const seen = await open(async (_, times) => {
      if (times === 1) {
        looking.resolve()
        await looked.promise
      }
      return nothingMissing
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
    const seen = await open((looks, times) => {
      const missing = times < 3 ? looks.filter(({ commit }) => commit === 'late') : []
      return { ...nothingMissing, missing }
    })
    await world.start(repositoryWorkflow, id, {
      repository: 'example.com/org/repo',
      pending: [pushed('late'), pushed('there')],
    })
    await world.result(id)
    expect(seen).toEqual([[pushed('late'), pushed('there')], [pushed('late')], [pushed('late')]])
    expect(await world.timers(id)).toEqual([20, 20])
  })

  it('do not wait for that commit when there is other news', async () => {
    const seen = await open((looks, times) =>
      times === 1 ? { ...nothingMissing, missing: looks, lookAgainMs: 3_600_000 } : nothingMissing,
    )
    await look(pushed('late'))
    await eventually(
      () => world.timers(id),
      (timers) => timers.length === 1,
    )
    await look(pushed('other'))
    await world.result(id)
    expect(seen).toEqual([[pushed('late')], [pushed('late'), pushed('other')]])
  })

  it('open a run anew when the one before is done', async () => {
    const seen = await open(() => nothingMissing)
    await look(pushed('1'))
    await world.result(id)
    await look(pushed('2'))
    await world.result(id)
    expect(seen).toHaveLength(2)
  })
})

describe('a repository that does not answer', () => {
  const failing = (type: string) =>
    ApplicationFailure.create({ type, message: 'no', nonRetryable: true })

  it('is looked at again after 10 s; what was announced is not forgotten, a poll is', async () => {
    const seen = await open((_, times) => {
      if (times === 1) throw failing('GitAccessError')
      return nothingMissing
    })
    await world.start(repositoryWorkflow, id, {
      repository: 'example.com/org/repo',
      pending: [pushed('1'), { reason: 'poll', at: 1 }],
    })
    const timers = await eventually(
      () => world.timers(id),
      (all) => all.length === 1,
    )
    expect(timers).toEqual([10_000])
    await look(pushed('2'))
    await world.result(id)
    expect(seen[1]).toEqual([pushed('1'), pushed('2')])
  })

  it('and was only polled is left to the next poll', async () => {
    await open(() => {
      throw failing('GitAccessError')
    })
    await look({ reason: 'poll', at: 1 })
    expect(await world.result(id)).toBe('GitAccessError: 0 of 0 applications')
  })

  it('for a cause that does not pass ends the run with that cause', async () => {
    await open(() => {
      throw failing('InvalidSpecError')
    })
    await look(pushed('1'))
    await expect(world.result(id)).rejects.toMatchObject({
      cause: { cause: { type: 'InvalidSpecError' } },
    })
  })
})
