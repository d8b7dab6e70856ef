import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { listings } from '../../harness/listings.ts'
import { beginMany } from '../../harness/many-operations.ts'
import { keepDown } from '../../harness/outage.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

const applications = 100
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

const expectNoStorm = async () => {
  const counts = await listings(stack.kube)
  expect(counts.size).toBeGreaterThan(0)
  expect(watched.filter((kind) => (counts.get(kind) ?? 0) > fewListings)).toEqual([])
}

describe('R6: in the middle of the operations of 100 Applications', () => {
  it('the API server is killed and away for 10 s: all end well, and nothing is listed once for each', async () => {
    const operations = await beginMany(stack, repository, 'drill-apiserver', applications)
    await keepDown(stack, 'kube-apiserver', 10_000)
    await operations.expectAllEnded()
    await expectNoStorm()
  })

  it('etcd is killed: all end well, and nothing is listed once for each', async () => {
    const operations = await beginMany(stack, repository, 'drill-etcd', applications)
    stack.kill('etcd')
    await operations.expectAllEnded()
    await expectNoStorm()
  })
})
