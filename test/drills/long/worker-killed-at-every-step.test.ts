import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Judged,
  judgeWrites,
  type Refusal,
  type Write,
} from '../../harness/admission-webhook.ts'
import {
  applicationManifest,
  applicationsPath,
  hasEnded,
  type LiveApplication,
  whenApplicationAtLast,
} from '../../harness/application.ts'
import { auditedWrites, creationsIn } from '../../harness/audit.ts'
import { eventually } from '../../harness/eventually.ts'
import { type FaultyGit, startFaultyGit } from '../../harness/faulty-git.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { createNamespace } from '../../harness/kube.ts'
import { keepDownWhile } from '../../harness/outage.ts'
import { followPending, type Pending } from '../../harness/pending.ts'
import { whenGone } from '../../harness/presence.ts'
import { type SlackServer, startSlackServer } from '../../harness/slack-server.ts'
import { type Stack, startStack } from '../../harness/stack.ts'
import { steppedFiles } from '../../harness/stepped-files.ts'
import { pushWebhook } from '../../harness/webhook.ts'

let stack: Stack
let slack: SlackServer
let repository: ScratchRepository
let git: FaultyGit
let pending: Pending

beforeAll(async () => {
  slack = await startSlackServer()
  stack = await startStack({ env: slack.environment })
  repository = await createScratchRepository('steps')
  git = await startFaultyGit(repository.url)
  pending = await followPending(stack.endpoints.temporal)
})

afterAll(async () => {
  await pending.close()
  await git.close()
  await repository.close()
  await stack.stop()
  await slack.close()
})

const create = async (name: string) => {
  const head = await repository.push(steppedFiles(name, 1))
  await createNamespace(stack.kube, name)
  const declared = { name, repoURL: git.url, namespace: name, path: name }
  await stack.kube.request('POST', applicationsPath, applicationManifest(declared))
  return head
}
const update = async (name: string) => {
  const head = await repository.push(steppedFiles(name, 2))
  const event = JSON.stringify(await repository.lastPush()).replaceAll(repository.url, git.url)
  await pushWebhook(stack.endpoints.api, JSON.parse(event))
  return head
}
const whenEnded = (name: string, head: string) =>
  whenApplicationAtLast(stack.kube, name, hasEnded(head))

/**
 * Kills the worker when the API server is asked for the first such write, which is in flight then;
 * it is stored all the same unless it is `refused`.
 */
const killAtWrite = async (
  judged: Judged,
  isMeant: (write: Write) => boolean,
  refused?: Refusal,
) => {
  let asked = 0
  const { kubeconfig } = stack.endpoints
  const webhook = await judgeWrites(stack.kube, kubeconfig, judged, async (_, write) => {
    if (!isMeant(write) || ++asked > 1) return undefined
    stack.kill('worker')
    return refused
  })
  return async () => {
    await webhook.close()
    expect(asked).toBeGreaterThan(0)
  }
}
/** Kills the worker while Temporal waits for this step of it. */
const killAtStep = async (name: string, step: string) => {
  await pending.whenOpen(`app/argocd/${name}`, step)
  stack.kill('worker')
}

const expectOnce = (name: string) => {
  for (const resource of ['configmaps', 'deployments']) {
    const created = creationsIn(stack.dir, name, resource).filter(
      (one) => one !== 'kube-root-ca.crt',
    )
    expect(created).toEqual([...new Set(created)])
  }
}
/** The operations that people were told of, each in one message. */
const expectTold = (name: string, operations: number) =>
  eventually(
    () => slack.messages().filter(({ text }) => text.includes(name)).length,
    (told) => told === operations,
  )

const configMapsOf = (namespace: string) => ({
  ...{ namespace, group: '', version: 'v1', resource: 'configmaps' },
})
const jobsOf = (namespace: string) => ({
  ...{ namespace, group: 'batch', version: 'v1', resource: 'jobs' },
})
const applications = {
  ...{ namespace: 'argocd', group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' },
}
const phaseIn = ({ object }: Write) =>
  (object as LiveApplication | undefined)?.status?.operationState?.phase

describe('R1: the worker is killed', () => {
  it.each(['fetch', 'render', 'health'])(
    'while it is asked to %s: the operation ends as it would have',
    async (step) => {
      const name = `step-${step}`
      if (step === 'fetch') git.become('hangs')
      const head = await create(name)
      await killAtStep(name, step)
      git.become(undefined)
      const live = await whenEnded(name, head)
      expect(live?.status?.operationState?.phase).toBe('Succeeded')
      expectOnce(name)
      expect(creationsIn(stack.dir, name, 'jobs')).toEqual(['before'])
      await expectTold(name, 1)
    },
  )

  it.each([
    ['check', configMapsOf, true, () => true],
    ['hook', jobsOf, false, () => true],
    ['sync', configMapsOf, false, ({ name }: Write) => name === 'b'],
    ['settle-hooks', jobsOf, false, ({ operation }: Write) => operation === 'UPDATE'],
  ] as const)(
    'while the API server has a write of %s: nothing is created twice, the hook runs once',
    async (step, judged, dryRun, isMeant) => {
      const name = `step-${step}`
      const killed = await killAtWrite({ ...judged(name), dryRun }, isMeant)
      const head = await create(name)
      const live = await whenEnded(name, head)
      await killed()
      expect(live?.status?.operationState?.phase).toBe('Succeeded')
      expectOnce(name)
      const hooks = creationsIn(stack.dir, name, 'jobs')
      // of one whose answer was lost the log may not say that it was created
      expect(hooks.length).toBeLessThanOrEqual(1)
      await expectTold(name, 1)
    },
  )

  it.each([
    ['diff', true, () => true],
    ['prune', false, ({ operation }: Write) => operation === 'DELETE'],
  ] as const)(
    'while the API server has a write of %s: what changed is changed, what is gone is pruned',
    async (step, dryRun, isMeant) => {
      const name = `step-${step}`
      await whenEnded(name, await create(name))
      const killed = await killAtWrite({ ...configMapsOf(name), dryRun }, isMeant)
      const head = await update(name)
      const live = await whenEnded(name, head)
      await killed()
      expect(live?.status?.operationState?.phase).toBe('Succeeded')
      await whenGone(stack.kube, `/api/v1/namespaces/${name}/configmaps/b`)
      expectOnce(name)
      await expectTold(name, 2)
    },
  )

  it.each([
    ['stored', undefined],
    ['lost', { code: 503, reason: 'ServiceUnavailable', message: 'away for a moment' }],
  ])(
    'while the API server has the status that says how it ended, which is %s: the next worker knows it too',
    async (what, refused) => {
      const name = `step-report-${what}`
      const killed = await killAtWrite(
        applications,
        (write) => write.name === name && phaseIn(write) === 'Succeeded',
        refused,
      )
      const head = await create(name)
      const live = await whenEnded(name, head)
      await killed()
      expect(live?.status?.history).toHaveLength(1)
      expectOnce(name)
      expect(creationsIn(stack.dir, name, 'jobs')).toEqual(['before'])
      await expectTold(name, 1)
    },
  )

  it('while it tells Kafka of the end: the events are told, and nothing is done again', async () => {
    const name = 'step-publish'
    let isAway = true
    const down = keepDownWhile(stack, 'kafka', () => isAway)
    const head = await create(name)
    await killAtStep(name, 'publish')
    isAway = false
    await down
    await whenEnded(name, head)
    expectOnce(name)
    await expectTold(name, 1)
  })

  it.each([
    [
      'remove',
      (name: string) => configMapsOf(name),
      ({ operation }: Write) => operation === 'DELETE',
    ],
    [
      'release',
      () => applications,
      ({ object }: Write) =>
        (object as LiveApplication | undefined)?.metadata.deletionTimestamp !== undefined,
    ],
  ] as const)(
    'while the API server has a write of %s: the deletion ends, and removes everything once',
    async (step, judged, isMeant) => {
      const name = `step-${step}`
      await whenEnded(name, await create(name))
      const killed = await killAtWrite(judged(name), isMeant)
      await stack.kube.request('DELETE', `${applicationsPath}/${name}`)
      await whenGone(stack.kube, `${applicationsPath}/${name}`)
      await killed()
      const left = await stack.kube.request<{ items: readonly { metadata: { name: string } }[] }>(
        'GET',
        `/api/v1/namespaces/${name}/configmaps`,
      )
      expect(left.items.map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt'])
      expectOnce(name)
      const deleted = auditedWrites(stack.dir, name)
        .filter(
          ({ verb, code, resource }) =>
            verb === 'delete' && code === 200 && resource === 'configmaps',
        )
        .map((write) => write.name)
      expect(deleted).toEqual([...new Set(deleted)])
    },
  )
})
