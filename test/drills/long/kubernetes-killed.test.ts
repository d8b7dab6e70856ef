import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { listings } from '../../harness/listings.ts'
import { beginMany } from '../../harness/many-operations.ts'
import { keepDown } from '../../harness/outage.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

const applications = 1_000
// everybody who watches a kind lists it once, some twice; a storm is one for each Application.
// Others are listed for each namespace by the API server itself, and pods to say why one waits.
const fewListings = 25
const watched = ['applications', 'appprojects', 'configmaps', 'deployments', 'secrets']
let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('kubernetes')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

const expectNoStorm = async (before: ReadonlyMap<string, number> = new Map()) => {
  const counts = await listings(stack.kube)
  expect(counts.size).toBeGreaterThan(0)
  const listed = watched.map((kind) => [kind, (counts.get(kind) ?? 0) - (before.get(kind) ?? 0)])
  expect(listed.filter(([, times]) => Number(times) > fewListings)).toEqual([])
}

describe('R6: in the middle of the operations of 1,000 Applications', () => {
  it('the API server is killed and away for 10 s: all end well, and nothing is listed once for each', async () => {
    const operations = await beginMany(stack, repository, 'drill-apiserver', applications)
    await keepDown(stack, 'kube-apiserver', 10_000)
    await operations.expectAllEnded()
    await expectNoStorm()
  })

  it('etcd is killed: all end well, and nothing is listed once for each', async () => {
    const operations = await beginMany(stack, repository, 'drill-etcd', applications)
    // Applications that are new are looked for in the cluster, many at once
    const before = await listings(stack.kube)
    stack.kill('etcd')
    await operations.expectAllEnded()
    await expectNoStorm(before)
  })
})
