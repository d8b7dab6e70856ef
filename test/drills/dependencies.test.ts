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
import { keepDown } from '../harness/outage.ts'
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
const slow = (name: string, delay: string, wave = 0) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\n  annotations: {argocd.argoproj.io/sync-wave: "${wave}"}\nspec:\n  selector: {matchLabels: {app: ${name}}}\n  template:\n    metadata: {labels: {app: ${name}}, annotations: {driftless.dev/simulate-delay: ${delay}}}\n    spec: {containers: [{name: c, image: "web:1"}]}\n`

describe('R2: Temporal is away while 20 operations run', () => {
  it.each([3, 30])(
    'for %i s: every operation ends, and nothing is created twice',
    async (seconds) => {
      const names = Array.from({ length: 20 }, (_, index) => `drill-temporal-${seconds}-${index}`)
      const files = names.flatMap((name) => [
        [`${name}/config.yaml`, configMap('config', 'x')],
        [`${name}/web.yaml`, slow('web', '4s')],
      ])
      const head = await repository.push(Object.fromEntries(files))
      for (const name of names) await create(name)
      await eventually(
        async () => creationsIn(stack.dir, names.at(-1) ?? '', 'configmaps'),
        (created) => created.includes('config'),
      )
      await keepDown(stack, 'temporal', seconds * 1000)
      for (const name of names) {
        // all of it may be live while the operation still waits to say so
        const { status } = await whenApplication(
          stack.kube,
          name,
          (now) => isDeployed(head)(now) && now.operationState?.phase !== 'Running',
        )
        expect(status?.operationState?.phase).toBe('Succeeded')
        const created = creationsIn(stack.dir, name, 'configmaps')
        expect(created.filter((object) => object === 'config')).toHaveLength(1)
      }
    },
  )
})

describe('R3: the Kubernetes API is away', () => {
  it('for 5 s between two waves: the sync goes on where it was', async () => {
    const name = 'drill-waves'
    const head = await repository.push({
      [`${name}/a.yaml`]: slow('a', '3s', 0),
      [`${name}/b.yaml`]: slow('b', '0s', 1),
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

describe('R6: our own processes are killed', () => {
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

  it('with Kafka gone before they start: an Application is deployed all the same', async () => {
    const name = 'drill-no-kafka'
    const down = keepDown(stack, 'kafka', 20_000)
    for (const part of ['api', 'events', 'worker']) stack.kill(part)
    const head = await repository.push({ [`${name}/config.yaml`]: configMap('config', '1') })
    await create(name)
    await whenApplicationAtLast(stack.kube, name, isDeployed(head))
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
