import { ApplicationFailure } from '@temporalio/common'
import { afterEach, describe, expect, inject, it } from 'vitest'
import type { ActivityClients } from '../../activities/clients.ts'
import { createActivities } from '../../activities/index.ts'
import * as errors from '../../core/errors.ts'
import type { StatusReport, Wake } from '../../core/flow.ts'
import {
  type ApplicationInput,
  applicationWorkflow,
  applicationWorkflowId,
  wakeSignal,
} from '../../workflows/contract.ts'
import { decision, type Scripted, scriptedApplication } from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { createWorld, type WorkflowWorld } from '../harness/workflow-world.ts'
import { newApplication } from './application-run.ts'

const address = inject('temporal')
const push: Wake = { reason: 'push', at: 1, commit: 'c1' }
let world: WorkflowWorld
const opened: string[] = []

afterEach(async () => {
  // those that wait for their repetition would wait on
  for (const id of opened.splice(0)) {
    if ((await world.statusOf(id)) === 'RUNNING') await world.terminate(id)
  }
  await world.close()
})

/** As an activity of ours fails: by the name of the class, and not repeated by Temporal. */
const failing =
  (type: string): (() => Promise<never>) =>
  async () => {
    throw ApplicationFailure.create({ type, message: `because of ${type}`, nonRetryable: true })
  }

async function open(input: Partial<ApplicationInput> = {}): Promise<string> {
  const application = newApplication()
  const id = applicationWorkflowId(application)
  await world.start(applicationWorkflow, id, { application, pending: [push], ...input })
  opened.push(id)
  return id
}
const firstTimer = (id: string) =>
  eventually(
    () => world.timers(id),
    (timers) => timers.length > 0,
  )

describe('an automated sync that fails for a cause that can pass', () => {
  it('is repeated after 10 s × 2ⁿ, at most every 15 min', async () => {
    const { activities } = scriptedApplication({ fetch: failing('GitAccessError') })
    world = await createWorld(address, activities)
    const waits = await Promise.all(
      [0, 1, 2, 6, 7, 50].map(async (attempt) => await firstTimer(await open({ attempt }))),
    )
    expect(waits).toEqual([[10_000], [20_000], [40_000], [640_000], [900_000], [900_000]])
  })

  it('gives its repetition up for newer work, which begins with a first attempt', async () => {
    let fetches = 0
    const { activities, reports } = scriptedApplication({
      fetch: async () => {
        if (++fetches === 1) return await failing('GitAccessError')()
        return { revision: 'r2', inputs: 'i2', subject: '', author: '' }
      },
    })
    world = await createWorld(address, activities)
    const id = await open({ attempt: 3 })
    await firstTimer(id)
    const newer: Wake = { reason: 'push', at: 2 }
    const message = { signal: wakeSignal, message: newer, input: {} }
    await world.send({ workflow: applicationWorkflow, id, ...message })
    await world.result(id)
    const [, second] = await world.inputs<ApplicationInput>(id)
    expect(second).toMatchObject({ pending: [newer] })
    expect(second).not.toHaveProperty('attempt')
    expect(reports.at(-1)?.operation).toMatchObject({ phase: 'Succeeded', retryCount: 0 })
  })

  it('is repeated with the same wakes, and counts', async () => {
    const wakes: (readonly Wake[])[] = []
    let plans = 0
    const { activities, reports } = scriptedApplication({
      decide: async (input) => {
        wakes.push(input.wakes)
        return { ...decision, retry: { limit: 5, durationMs: 10, factor: 1, maxMs: 10 } }
      },
      sync: async ({ step }) => ({
        resources: step.changes.map(({ key }) =>
          ++plans < 3
            ? { key, status: 'SyncFailed' as const, failure: 'QuotaExceeded', message: 'used up' }
            : { key, status: 'Synced' as const },
        ),
      }),
    })
    world = await createWorld(address, activities)
    const id = await open()
    await world.result(id)
    expect(wakes).toEqual([[push], [push], [push]])
    const inputs = await world.inputs<ApplicationInput>(id)
    expect(inputs.map(({ attempt }) => attempt)).toEqual([undefined, 1, 2])
    expect(reports.map(({ operation }) => [operation?.phase, operation?.retryCount])).toEqual([
      ['Failed', 0],
      ['Failed', 1],
      ['Succeeded', 2],
    ])
  })
})

describe('what only a commit can mend (SRC-21)', () => {
  it.each(['ManifestError', 'RenderError'])(
    '%s is reported once and not tried again',
    async (type) => {
      let renders = 0
      const { activities, reports } = scriptedApplication({
        render: async () => {
          renders++
          return await failing(type)()
        },
      })
      world = await createWorld(address, activities)
      const id = await open()
      expect(await world.result(id)).toBe(`because of ${type}`)
      expect(renders).toBe(1)
      expect(await world.runs(id)).toHaveLength(1)
      expect(reports.map(({ failure }) => failure?.type)).toEqual([type])
    },
  )
})

describe('an activity that breaks within seconds', () => {
  it('is tried again by Temporal, and nobody hears of it', async () => {
    let fetches = 0
    const { activities, reports } = scriptedApplication({
      fetch: async () => {
        if (++fetches < 3)
          throw ApplicationFailure.create({ type: 'NetworkError', message: 'away' })
        return { revision: 'r1', inputs: 'i1', subject: '', author: '' }
      },
    })
    world = await createWorld(address, activities)
    const id = await open()
    await world.result(id)
    expect(fetches).toBe(3)
    expect(reports.map(({ operation }) => operation?.phase)).toEqual(['Succeeded'])
  })

  it('keeps a decision and a status waiting until the cluster answers', async () => {
    let asked = 0
    const reports: StatusReport[] = []
    const { activities } = scriptedApplication({
      decide: async () => (++asked < 2 ? await failing('NetworkError')() : decision),
      report: async ({ report }) => {
        reports.push(report)
        if (reports.length < 2) return await failing('NetworkError')()
        return { sync: 'Synced', health: 'Healthy', unpublished: [] }
      },
    })
    world = await createWorld(address, activities)
    await world.result(await open())
    expect(asked).toBe(2)
    // it is the same report: the status can tell that it has it already
    expect(reports).toEqual([reports[0], reports[0]])
  })
})

type PlatformErrorClass = new (message: string) => errors.PlatformError
// superseded is no failure: the operation starts again; a rate is limited by Slack alone
const { SupersededError: _, RateLimited: __, ...failures } = errors
const classes = (Object.values(failures) as unknown as readonly PlatformErrorClass[]).filter(
  ({ prototype }) => prototype instanceof errors.PlatformError,
)

describe('a failure crosses the wire by the name of its class', () => {
  it('and the workflow repeats those, and only those, that the class calls retryable', async () => {
    const told = new Map<string, string | undefined>()
    const { activities } = scriptedApplication({
      fetch: fetchOfOurs,
      report: async ({ application, report }) => {
        told.set(application.uid, report.failure?.type)
        return { sync: 'Unknown', health: 'Unknown', unpublished: [] }
      },
    })
    world = await createWorld(address, activities)
    const expected = classes.map((each) => [each.name, new each('').retryable])
    const seen = await Promise.all(
      classes.map(async ({ name }) => {
        const application = { ...newApplication(), uid: name }
        const id = await open({ application })
        await eventually(
          () => told.has(name),
          (isTold) => isTold,
        )
        const isRepeated = await eventually(
          async () => {
            if ((await world.timers(id)).length > 0) return true
            return (await world.statusOf(id)) === 'RUNNING' ? undefined : false
          },
          (answer) => answer !== undefined,
        )
        return [told.get(name), isRepeated]
      }),
    )
    expect(seen).toEqual(expected)
    expect(seen.length).toBeGreaterThan(10)
  })
})

/** The real activity over an index that cannot be read; the uid names the error that it throws. */
const fetchOfOurs: NonNullable<Scripted['fetch']> = async (input) => {
  const thrown = classes.find(({ name }) => name === input.application.uid)
  const applications = {
    synced: Promise.resolve(),
    get: () => undefined,
    read: async () => {
      if (thrown !== undefined) throw new thrown('as it was thrown')
    },
  }
  const clients = { applications, now: Date.now } as unknown as ActivityClients
  return await createActivities(clients).fetch(input)
}
