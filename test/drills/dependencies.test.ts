import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
  whenApplicationAtLast,
} from '../harness/application.ts'
import { creationsIn } from '../harness/audit.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { beginMany } from '../harness/many-operations.ts'
import { keepDown, keepDownWhile } from '../harness/outage.ts'
import { slowDeployment } from '../harness/slow-deployment.ts'
import { type Stack, startStack } from '../harness/stack.ts'
import { pushWebhook } from '../harness/webhook.ts'

let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack()
  repository = await createScratchRepository('dependencies')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

const create = async (name: string, path = name) => {
  await stack.kube.try('POST', '/api/v1/namespaces', { metadata: { name } })
  await stack.kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name, repoURL: repository.url, namespace: name, path }),
  )
}

describe('R3: Temporal is away while 20 operations run', () => {
  it('for 3 s: every operation ends, and nothing is created twice', async () => {
    const operations = await beginMany(stack, repository, 'drill-temporal', 20)
    await keepDown(stack, 'temporal', 3_000)
    await operations.expectAllEnded()
  })
})

describe('R6: the Kubernetes API is away', () => {
  it('for 5 s between two waves: the sync goes on where it was', async () => {
    const name = 'drill-waves'
    const head = await repository.push({
      [`${name}/a.yaml`]: slowDeployment('a', '3s', 0),
      [`${name}/b.yaml`]: slowDeployment('b', '0s', 1),
    })
    await create(name)
    await eventually(
      async () => creationsIn(stack.dir, name, 'deployments'),
      (created) => created.includes('a'),
    )
    await keepDown(stack, 'kube-apiserver', 5_000)
    const live = await whenApplicationAtLast(stack.kube, name, isDeployed(head))
    expect(live?.status?.operationState?.phase).toBe('Succeeded')
    expect(creationsIn(stack.dir, name, 'deployments')).toEqual(['a', 'b'])
  })
})

describe('our own processes are killed', () => {
  it('api and events: a push that was acknowledged before is deployed, and the next one too', async () => {
    const name = 'drill-processes'
    const first = await repository.push({ [`${name}/config.yaml`]: configMap('config', '1') })
    await create(name)
    await whenApplication(stack.kube, name, isDeployed(first))
    stack.kill('events')
    const second = await repository.push({ [`${name}/config.yaml`]: configMap('config', '2') })
    const { status } = await pushWebhook(stack.endpoints.api, await repository.lastPush())
    expect(status).toBe(200)
    stack.kill('api')
    await whenApplicationAtLast(stack.kube, name, isDeployed(second))
    const third = await repository.push({ [`${name}/config.yaml`]: configMap('config', '3') })
    const event = await repository.lastPush()
    await eventually(
      () => pushWebhook(stack.endpoints.api, event).catch(() => undefined),
      (answer) => answer?.status === 200,
    )
    await whenApplicationAtLast(stack.kube, name, isDeployed(third))
  })

  it('R5: with Kafka gone before they start: an Application is deployed all the same', async () => {
    const name = 'drill-no-kafka'
    let isAway = true
    const down = keepDownWhile(stack, 'kafka', () => isAway)
    for (const part of ['api', 'events', 'worker']) stack.kill(part)
    const head = await repository.push({ [`${name}/config.yaml`]: configMap('config', '1') })
    await create(name)
    await whenApplicationAtLast(stack.kube, name, isDeployed(head))
    isAway = false
    await down
    const second = await repository.push({ [`${name}/config.yaml`]: configMap('config', '2') })
    const event = await repository.lastPush()
    await eventually(
      () => pushWebhook(stack.endpoints.api, event).catch(() => undefined),
      (answer) => answer?.status === 200,
      60_000,
    )
    await whenApplicationAtLast(stack.kube, name, isDeployed(second))
  })
})
