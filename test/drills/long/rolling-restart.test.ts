import { afterAll, beforeAll, expect, it } from 'vitest'
import { configMap, isDeployed, whenApplicationAtLast } from '../../harness/application.ts'
import { followDeployments } from '../../harness/deployments.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { beginMany } from '../../harness/many-operations.ts'
import { restart } from '../../harness/outage.ts'
import { type Stack, startStack } from '../../harness/stack.ts'

const applications = 500
let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('rolling')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

// Kubernetes is R6's: told to stop, its API server lets watches run for a minute, and the simulated
// nodes are given up meanwhile
const everything = ['api', 'events', 'worker', 'kafka', 'temporal']

it('R13: everything is restarted one after the other while 500 operations run: none fails, and the next push is deployed', async () => {
  const prefix = 'drill-rolling'
  const operations = await beginMany(stack, repository, prefix, applications)
  for (const part of everything) await restart(stack, part)
  await operations.expectAllEnded()
  // I5: nothing is stuck afterwards; the poll finds it if the webhook would be lost
  const name = `${prefix}-0`
  const head = await repository.push({ [`${name}/config.yaml`]: configMap('config', 'next') })
  for (const part of ['events', 'worker']) await restart(stack, part)
  await whenApplicationAtLast(stack.kube, name, isDeployed(head))
  const told = followDeployments(stack.endpoints.kafka)
  await expect
    .poll(() => told.ofApplication(`argocd/${name}`).length, { timeout: 30_000 })
    .toBeGreaterThan(0)
  const failed = Array.from(
    { length: applications },
    (_, index) => `argocd/${prefix}-${index}`,
  ).flatMap((application) =>
    told.ofApplication(application).filter(({ kind }) => kind === 'sync-failed'),
  )
  expect(failed).toEqual([])
  await told.close()
})
