import { randomUUID } from 'node:crypto'
import { expect, inject, it, onTestFinished } from 'vitest'
import {
  type ApplicationInput,
  applicationWorkflowId,
  clusterTaskQueue,
} from '../../workflows/contract.ts'
import { decision, scriptedApplication } from '../fixtures/scripted-activities.ts'
import { eventually } from '../harness/eventually.ts'
import { createWorld } from '../harness/workflow-world.ts'
import { newApplication, wakeOf } from './application-run.ts'

const temporal = inject('temporal')

it('a run whose cluster is another one goes on there with all that woke it, before anything is done here', async () => {
  const there = `there-${randomUUID()}`
  const application = newApplication()
  const id = applicationWorkflowId(application)
  const here = scriptedApplication({ decide: async () => ({ ...decision, cluster: there }) })
  const other = scriptedApplication()
  const worlds = [
    await createWorld(temporal, here.activities),
    await createWorld(temporal, other.activities, clusterTaskQueue(there)),
  ] as const
  onTestFinished(async () => {
    await Promise.all(worlds.map((world) => world.close()))
  })
  const [world] = worlds
  const carried = { inputs: 'i', startedAt: 1, changed: [], hooks: true }
  const input: ApplicationInput = { application, pending: [wakeOf('spec')], carried, attempt: 2 }
  await world.start('application', id, input)
  await world.result(id)
  const inputs = await world.inputs<ApplicationInput>(id)
  expect(inputs[1]).toEqual({
    ...{ application, pending: [wakeOf('spec')], attempt: 2, moves: 1 },
    // the hooks are in the cluster that it left
    carried: { ...carried, hooks: false },
  })
  expect(here.reports).toEqual([])
  expect(other.reports.at(-1)?.final).toBe(true)
})

it('workers that do not agree where a cluster is hand a run to each other more and more slowly', async () => {
  const there = `there-${randomUUID()}`
  const application = newApplication()
  const id = applicationWorkflowId(application)
  const lost = scriptedApplication({ decide: async () => ({ ...decision, cluster: there }) })
  const world = await createWorld(temporal, lost.activities, clusterTaskQueue(there))
  onTestFinished(() => world.close())
  const input: ApplicationInput = { application, pending: [wakeOf('spec')], moves: 20 }
  await world.start('application', id, input)
  await eventually(
    () => world.timers(id),
    ([pauseMs]) => pauseMs === 15_000,
  )
  await world.terminate(id)
})
