import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../clients/kube/connection.ts'
import { createReflector } from '../../clients/kube/reflector.ts'
import { createTransport } from '../../clients/kube/transport.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { followDeployments } from '../harness/deployments.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { hookJob } from '../harness/hook.ts'
import { type Stack, startStack } from '../harness/stack.ts'
import { type PushEvent, pushWebhook } from '../harness/webhook.ts'

let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  stack = await startStack({ env: { DRIFTLESS_POLL_SECONDS: '0' } })
  repository = await createScratchRepository('pushes')
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

const create = async (name: string) => {
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name } })
  await stack.kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name, repoURL: repository.url, namespace: name, path: name }),
  )
}

/** Follows the Jobs of a namespace; those that were deleted before they ended were killed. */
async function followJobs(namespace: string) {
  const transport = createTransport(await connect(stack.endpoints.kubeconfig))
  const ended: string[] = []
  const killed: string[] = []
  const isOver = ({ status }: Manifest) =>
    (status as { completionTime?: string } | undefined)?.completionTime !== undefined
  const reflector = createReflector({
    transport,
    path: `/apis/batch/v1/namespaces/${namespace}/jobs`,
    onChange: () => undefined,
    onDelete: (job) => (isOver(job) ? ended : killed).push(job.metadata.uid ?? ''),
    onList: () => undefined,
  })
  await reflector.synced
  return {
    ...{ ended, killed },
    async close() {
      reflector.stop()
      await transport.close()
    },
  }
}

describe('R10: webhooks come in any number and order', () => {
  it('deploys once what is delivered five times and shuffled', async () => {
    const name = 'drill-shuffled'
    await repository.push({ [`${name}/config.yaml`]: configMap('config', '0') })
    await create(name)
    const events: { readonly event: PushEvent; readonly delivery: string }[] = []
    for (let version = 1; version <= 5; version++) {
      await repository.push({ [`${name}/config.yaml`]: configMap('config', `${version}`) })
      events.push({ event: await repository.lastPush(), delivery: randomUUID() })
    }
    const deliveries = Array.from({ length: 5 }, () => events).flat()
    // the order is fixed, so that a failure can be repeated: the newest comes neither first nor last
    const shuffled = deliveries.toSorted(
      (a, b) => a.delivery.charCodeAt(3) - b.delivery.charCodeAt(3),
    )
    for (const { event, delivery } of shuffled) {
      const { status } = await pushWebhook(stack.endpoints.api, event, { delivery })
      expect(status).toBe(200)
    }
    const head = events.at(-1)?.event.after ?? ''
    const { status } = await whenApplication(stack.kube, name, isDeployed(head))
    const revisions = status?.history?.map(({ revision }) => revision) ?? []
    expect(revisions.filter((revision) => revision === head)).toHaveLength(1)
    expect(new Set(revisions).size).toBe(revisions.length)
  })

  it('brings the newest of 100 pushes in 10 s live, records older ones as superseded, kills no hook', async () => {
    const name = 'drill-pushes'
    const rollout = (version: number) =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}, annotations: {driftless.dev/simulate-delay: 1s}}\n    spec: {containers: [{name: c, image: "web:${version}"}]}\n`
    await repository.push({
      [`${name}/before.yaml`]: hookJob('before', 'PreSync', { runtime: '300ms' }),
      [`${name}/web.yaml`]: rollout(0),
    })
    const jobs = await followJobs(name)
    const told = followDeployments(stack.endpoints.kafka)
    await create(name)
    await whenApplication(stack.kube, name, ({ sync }) => sync?.status === 'Synced')
    const began = Date.now()
    let head = ''
    for (let version = 1; version <= 100; version++) {
      head = await repository.push({ [`${name}/web.yaml`]: rollout(version) })
      const { status } = await pushWebhook(stack.endpoints.api, await repository.lastPush())
      expect(status).toBe(200)
      // a push each 100 ms: the pace is what the drill is about
      await delay(Math.max(0, began + version * 100 - Date.now()))
    }
    const { status } = await whenApplication(stack.kube, name, isDeployed(head))
    expect(status?.operationState?.phase).toBe('Succeeded')
    const kinds = await eventually(
      () => told.ofApplication(`argocd/${name}`),
      (events) =>
        events.some(({ kind, revision }) => kind === 'sync-succeeded' && revision === head),
    )
    expect(kinds.map(({ kind }) => kind)).toContain('sync-superseded')
    expect(kinds.filter(({ kind }) => kind === 'sync-failed')).toEqual([])
    expect(jobs.ended.length).toBeGreaterThan(0)
    expect(jobs.killed).toEqual([])
    await told.close()
    await jobs.close()
  })
})
