import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../harness/eventually.ts'
import { keepDown } from '../../harness/outage.ts'
import { useTwoWorkers } from '../../harness/two-workers.ts'

const workers = useTwoWorkers('several-long')
const { deploy, stackWorker } = workers

describe('two workers of one cluster', () => {
  it('a holder that was frozen finds that it has lost the cluster, and writes nothing any more', async () => {
    const frozen = stackWorker() ?? 0
    const { whenEnded, expectEachOnce } = await deploy('several-frozen', () =>
      process.kill(frozen, 'SIGSTOP'),
    )
    try {
      expect(await whenEnded()).toBe('Succeeded')
      expect(await workers.holder.pid()).toBe(workers.second.pid)
    } finally {
      process.kill(frozen, 'SIGCONT')
    }
    await eventually(
      () => readFileSync(join(workers.stack.dir, 'logs', 'worker.log'), 'utf8'),
      (log) => log.includes('lost the cluster, and waits for it as a standby'),
    )
    expect(await workers.holder.pid()).toBe(workers.second.pid)
    await expectEachOnce()
  })

  it('R6: an API server that is away for longer than the Lease lasts: a worker takes the cluster again, and goes on', async () => {
    const name = 'several-outage'
    let away = Promise.resolve()
    const { whenEnded, expectEachOnce } = await deploy(name, () => {
      away = keepDown(workers.stack, 'kube-apiserver', 20_000)
    })
    await workers.second.whenSaid('lost the cluster, and waits for it as a standby')
    await away
    expect(await whenEnded()).toBe('Succeeded')
    expect([workers.second.pid, stackWorker()]).toContain(await workers.holder.pid())
    await expectEachOnce()
  })
})
