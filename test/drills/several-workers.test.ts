import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../clients/kube/connection.ts'
import { createTemporal } from '../../clients/temporal.ts'
import { clusterId } from '../../core/cluster/address.ts'
import { clusterTaskQueue } from '../../workflows/contract.ts'
import { judgeConfigMaps } from '../harness/admission-webhook.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplicationAtLast,
} from '../harness/application.ts'
import { expectEachOnce } from '../harness/each-once.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { createNamespace } from '../harness/kube.ts'
import { keepDown } from '../harness/outage.ts'
import { type SecondWorker, startSecondWorker } from '../harness/second-worker.ts'
import { type Stack, startStack } from '../harness/stack.ts'

const objects = 60
let stack: Stack
let repository: ScratchRepository
let second: SecondWorker
let cluster: string

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('several')
  cluster = clusterId((await connect(stack.endpoints.kubeconfig)).server)
  second = await startSecondWorker(stack)
})

afterAll(async () => {
  await second.stop()
  await repository.close()
  await stack.stop()
})

const leasePath = () =>
  `/apis/coordination.k8s.io/v1/namespaces/argocd/leases/driftless-cluster-${cluster}`
const holderPid = async () => {
  const { spec } = await stack.kube.request('GET', leasePath())
  return Number((spec as { holderIdentity: string }).holderIdentity.split('_').at(-3))
}
const whenHeldBy = (pid: () => number | undefined) =>
  eventually(holderPid, (holder) => holder === pid(), 60_000)
const stackWorker = () => stack.endpoints.pids.worker

/** Deploys so many objects; `half` runs when the API server is asked to store the one in the middle. */
const deploy = async (name: string, half: () => void) => {
  await createNamespace(stack.kube, name)
  let asked = 0
  const { kubeconfig } = stack.endpoints
  const webhook = await judgeConfigMaps(stack.kube, kubeconfig, name, async (object) => {
    if (object.startsWith('object-') && ++asked === objects / 2) half()
    return undefined
  })
  const files = Array.from({ length: objects }, (_, index) => [
    `${name}/${index}.yaml`,
    configMap(`object-${index}`, 'x'),
  ])
  const head = await repository.push(Object.fromEntries(files))
  const declared = { name, repoURL: repository.url, namespace: name, path: name }
  await stack.kube.request('POST', applicationsPath, applicationManifest(declared))
  return {
    async whenEnded() {
      const live = await whenApplicationAtLast(stack.kube, name, isDeployed(head))
      await webhook.close()
      return live?.status?.operationState?.phase
    },
    expectEachOnce: () => expectEachOnce(stack, name, objects),
  }
}

describe('several workers of one cluster', () => {
  it('only the holder of the Lease polls its queue; the other one says that it is a standby', async () => {
    expect(second.said).toContain('standby: another worker holds the cluster')
    expect(await holderPid()).toBe(stackWorker())
    const { temporal: address } = stack.endpoints
    const temporal = await createTemporal(address, 'driftless')
    const { pollers } = await temporal.connection.workflowService.describeTaskQueue({
      namespace: 'driftless',
      taskQueue: { name: clusterTaskQueue(cluster) },
      taskQueueType: 2,
    })
    await temporal.close()
    const pids = new Set(pollers?.map(({ identity }) => Number(identity?.split('-').at(-2))))
    expect([...pids]).toEqual([stackWorker()])
  })

  it('R1: the holder is killed in the middle of an operation: the other one ends it, and every object was created once', async () => {
    let down = Promise.resolve()
    const { whenEnded, expectEachOnce } = await deploy('several-killed', () => {
      // for so long that it is not the holder itself that comes back
      down = keepDown(stack, 'worker', 20_000)
    })
    await second.whenSaid('holds the cluster')
    expect(await whenEnded()).toBe('Succeeded')
    expect(await holderPid()).toBe(second.pid)
    await expectEachOnce()
    await down
  })

  it('a holder that is told to stop hands the cluster over', async () => {
    await second.stop()
    await whenHeldBy(stackWorker)
    const { whenEnded } = await deploy('several-released', () => undefined)
    expect(await whenEnded()).toBe('Succeeded')
  })

  it('a holder that was frozen finds that it has lost the cluster, and writes nothing any more', async () => {
    second = await startSecondWorker(stack)
    const frozen = stackWorker() ?? 0
    const { whenEnded, expectEachOnce } = await deploy('several-frozen', () =>
      process.kill(frozen, 'SIGSTOP'),
    )
    try {
      expect(await whenEnded()).toBe('Succeeded')
      expect(await holderPid()).toBe(second.pid)
    } finally {
      process.kill(frozen, 'SIGCONT')
    }
    await eventually(
      () => readFileSync(join(stack.dir, 'logs', 'worker.log'), 'utf8'),
      (log) => log.includes('lost the cluster, and waits for it as a standby'),
    )
    expect(await holderPid()).toBe(second.pid)
    await expectEachOnce()
  })

  it('R3: an API server that is away for longer than the Lease lasts: a worker takes the cluster again, and goes on', async () => {
    const name = 'several-outage'
    let away = Promise.resolve()
    const { whenEnded, expectEachOnce } = await deploy(name, () => {
      away = keepDown(stack, 'kube-apiserver', 20_000)
    })
    await second.whenSaid('lost the cluster, and waits for it as a standby')
    await away
    expect(await whenEnded()).toBe('Succeeded')
    expect([second.pid, stackWorker()]).toContain(await holderPid())
    await expectEachOnce()
  })
})
