import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { type Stack, startStack } from '../harness/stack.ts'
import { pushWebhook } from '../harness/webhook.ts'

const namespace = 'drill-broker'
let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  // without the poll net: what is deployed came by a webhook
  stack = await startStack({ env: { DRIFTLESS_POLL_SECONDS: '0' } })
  repository = await createScratchRepository('broker')
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

describe('R4: the Kafka broker is killed while webhooks arrive', () => {
  it('answers 503 while the broker is away, and deploys what it acknowledges afterwards', async () => {
    const first = await repository.push({ 'config.yaml': configMap('config', '0') })
    await stack.kube.request(
      'POST',
      applicationsPath,
      applicationManifest({ name: 'broker', repoURL: repository.url, namespace }),
    )
    await whenApplication(stack.kube, 'broker', isDeployed(first))
    const answers: number[] = []
    let refusedAfterKill = false
    let acknowledgedAfterRefusal = false
    for (let push = 1; push < 200 && !acknowledgedAfterRefusal; push++) {
      const head = await repository.push({ 'config.yaml': configMap('config', String(push)) })
      if (push === 5) stack.kill('kafka')
      const { status, retryAfter } = await pushWebhook(
        stack.endpoints.api,
        await repository.lastPush(),
      )
      answers.push(status)
      if (status === 503) {
        refusedAfterKill = true
        expect(retryAfter).toBeDefined()
      }
      // the pushes share one branch: an older acknowledged one that was lost would not show here
      if (status === 200 && refusedAfterKill) {
        acknowledgedAfterRefusal = true
        await whenApplication(stack.kube, 'broker', isDeployed(head))
      }
    }
    expect(new Set(answers)).toEqual(new Set([200, 503]))
    expect(acknowledgedAfterRefusal).toBe(true)
  })
})
