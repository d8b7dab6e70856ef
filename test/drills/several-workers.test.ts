import { describe, expect, it } from 'vitest'
import { createTemporal } from '../../clients/temporal.ts'
import { clusterTaskQueue } from '../../workflows/contract.ts'
import { keepDown } from '../harness/outage.ts'
import { useTwoWorkers } from '../harness/two-workers.ts'

const workers = useTwoWorkers('several')
const { deploy, stackWorker } = workers

describe('several workers of one cluster', () => {
  it('only the holder of the Lease polls its queue; the other one says that it is a standby', async () => {
    expect(workers.second.said).toContain('standby: another worker holds the cluster')
    expect(await workers.holder.pid()).toBe(stackWorker())
    const { temporal: address } = workers.stack.endpoints
    const temporal = await createTemporal(address, 'driftless')
    const { pollers } = await temporal.connection.workflowService.describeTaskQueue({
      namespace: 'driftless',
      taskQueue: { name: clusterTaskQueue(workers.holder.cluster) },
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
      down = keepDown(workers.stack, 'worker', 20_000)
    })
    await workers.second.whenSaid('holds the cluster')
    expect(await whenEnded()).toBe('Succeeded')
    expect(await workers.holder.pid()).toBe(workers.second.pid)
    await expectEachOnce()
    await down
  })

  it('a holder that is told to stop hands the cluster over', async () => {
    await workers.second.stop()
    await workers.holder.whenHeldBy(stackWorker)
    const { whenEnded } = await deploy('several-released', () => undefined)
    expect(await whenEnded()).toBe('Succeeded')
  })
})
