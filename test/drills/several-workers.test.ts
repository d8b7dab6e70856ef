import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTemporal } from '../../clients/temporal.ts'
import { clusterTaskQueue } from '../../workflows/contract.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { type LeaseHolder, leaseHolder } from '../harness/lease-holder.ts'
import { deployMany } from '../harness/many-objects.ts'
import { keepDown } from '../harness/outage.ts'
import { type SecondWorker, startSecondWorker } from '../harness/second-worker.ts'
import { type Stack, startStack } from '../harness/stack.ts'

let stack: Stack
let repository: ScratchRepository
let second: SecondWorker
let holder: LeaseHolder

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('several')
  holder = await leaseHolder(stack)
  second = await startSecondWorker(stack)
})

afterAll(async () => {
  await second.stop()
  await repository.close()
  await stack.stop()
})

const stackWorker = () => stack.endpoints.pids.worker

/** Deploys 60 objects; `half` runs when the API server is asked to store the one in the middle. */
const deploy = (name: string, half: () => void) =>
  deployMany(stack, repository, { name, objects: 60, at: 30, interrupt: half })

describe('several workers of one cluster', () => {
  it('only the holder of the Lease polls its queue; the other one says that it is a standby', async () => {
    expect(second.said).toContain('standby: another worker holds the cluster')
    expect(await holder.pid()).toBe(stackWorker())
    const { temporal: address } = stack.endpoints
    const temporal = await createTemporal(address, 'driftless')
    const { pollers } = await temporal.connection.workflowService.describeTaskQueue({
      namespace: 'driftless',
      taskQueue: { name: clusterTaskQueue(holder.cluster) },
      taskQueueType: 2,
    })
    await temporal.close()
    const pids = new Set(pollers?.map(({ identity }) => Number(identity?.split('-').at(-2))))
    expect([...pids]).toEqual([stackWorker()])
  })

  it('R2: the holder is killed in the middle of an operation: the other one ends it, and every object was created once', async () => {
    let down = Promise.resolve()
    const { whenEnded, expectEachOnce } = await deploy('several-killed', () => {
      // for so long that it is not the holder itself that comes back
      down = keepDown(stack, 'worker', 20_000)
    })
    await second.whenSaid('holds the cluster')
    expect(await whenEnded()).toBe('Succeeded')
    expect(await holder.pid()).toBe(second.pid)
    await expectEachOnce()
    await down
  })

  it('a holder that is told to stop hands the cluster over', async () => {
    await second.stop()
    await holder.whenHeldBy(stackWorker)
    const { whenEnded } = await deploy('several-released', () => undefined)
    expect(await whenEnded()).toBe('Succeeded')
  })
})
