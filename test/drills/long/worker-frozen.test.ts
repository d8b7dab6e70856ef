import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { type LeaseHolder, leaseHolder } from '../../harness/lease-holder.ts'
import { deployMany } from '../../harness/many-objects.ts'
import { keepDown } from '../../harness/outage.ts'
import { type SecondWorker, startSecondWorker } from '../../harness/second-worker.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

let stack: Stack
let repository: ScratchRepository
let second: SecondWorker
let holder: LeaseHolder

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('several-long')
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

describe('two workers of one cluster', () => {
  it('a holder that was frozen finds that it has lost the cluster, and writes nothing any more', async () => {
    const frozen = stackWorker() ?? 0
    const { whenEnded, expectEachOnce } = await deploy('several-frozen', () =>
      process.kill(frozen, 'SIGSTOP'),
    )
    try {
      expect(await whenEnded()).toBe('Succeeded')
      expect(await holder.pid()).toBe(second.pid)
    } finally {
      process.kill(frozen, 'SIGCONT')
    }
    await eventually(
      () => readFileSync(join(stack.dir, 'logs', 'worker.log'), 'utf8'),
      (log) => log.includes('lost the cluster, and waits for it as a standby'),
    )
    expect(await holder.pid()).toBe(second.pid)
    await expectEachOnce()
  })

  it('R6: an API server that is away for longer than the Lease lasts: a worker takes the cluster again, and goes on', async () => {
    const name = 'several-outage'
    let away = Promise.resolve()
    const { whenEnded, expectEachOnce } = await deploy(name, () => {
      away = keepDown(stack, 'kube-apiserver', 20_000)
    })
    await second.whenSaid('lost the cluster, and waits for it as a standby')
    await away
    expect(await whenEnded()).toBe('Succeeded')
    expect([second.pid, stackWorker()]).toContain(await holder.pid())
    await expectEachOnce()
  })
})
