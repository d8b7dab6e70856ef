import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { noticeHook } from '../harness/hook.ts'
import { type SlackServer, startSlackServer } from '../harness/slack-server.ts'
import type { KeptMessage } from '../harness/slack-workspace.ts'
import { type Stack, startStack } from '../harness/stack.ts'

const namespace = 'drill-slack'
const pauseMs = 1_200
let stack: Stack
let slack: SlackServer
let repository: ScratchRepository
let head: string
let known = 0
let connection: Connection
let client: Client

const deployment = (name: string, simulate: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata:
      labels: {app: ${name}}
      annotations: {driftless.dev/simulate: "${simulate}", driftless.dev/simulate-delay: 4s}
    spec: {containers: [{name: main, image: nginx}]}
`

beforeAll(async () => {
  slack = await startSlackServer()
  stack = await startStack({ env: slack.environment })
  connection = await Connection.connect({ address: stack.endpoints.temporal })
  client = new Client({ connection, namespace: 'driftless' })
  repository = await createScratchRepository('slack')
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  const files = ['quick', 'limited', 'killed', 'outage', 'noticed'].map((name) => [
    `${name}/config.yaml`,
    configMap(name, 'x'),
  ])
  head = await repository.push(
    {
      ...Object.fromEntries(files),
      'slow/web.yaml': deployment('slow', ''),
      'broken/web.yaml': deployment('broken', 'image-pull'),
      'syntax/web.yaml': 'kind: [',
      'noticed/live.yaml': noticeHook('live', 'PostSync', slack.channel, 'shop <is> live'),
    },
    'fix <probe> & co',
  )
})

afterAll(async () => {
  await connection.close()
  await repository.close()
  await stack.stop()
  await slack.close()
})

beforeEach(() => {
  known = slack.messages().length
})

const deploy = (name: string, annotations: Record<string, string> = {}) =>
  stack.kube.request(
    'POST',
    applicationsPath,
    applicationManifest({
      ...{ name, repoURL: repository.url, namespace, path: name, annotations },
      spec: { syncPolicy: { automated: { prune: true, selfHeal: true } } },
    }),
  )
/** The messages of this test as soon as they are what it waits for. */
const whenTold = (accept: (message: KeptMessage) => boolean) =>
  eventually(
    () => slack.messages().slice(known),
    ([message]) => message !== undefined && accept(message),
  )
/** How often the call to Slack that is open now was tried. */
const attemptsFor = async (application: string): Promise<number> => {
  const query = `WorkflowType="notification" AND Application="${application}"`
  for await (const { workflowId } of client.workflow.list({ query })) {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    return raw.pendingActivities?.[0]?.attempt ?? 0
  }
  return 0
}
const synced = ({ text }: KeptMessage) => text.includes(' synced ')
const failed = ({ text, replies }: KeptMessage) => text.includes('failed') && replies.length > 0

describe('people hear of every deployment in one message', () => {
  it('tells of a success with commit, author and duration', async () => {
    await deploy('quick')
    const [message, ...more] = await whenTold(synced)
    expect(more).toEqual([])
    expect(message?.text).toMatch(
      new RegExp(
        `^\\*quick\\* synced ${head.slice(0, 7)} "fix &lt;probe&gt; &amp; co" in [\\d.]+ s$`,
      ),
    )
    expect(message?.attachments[0]?.color).toBe('#18be52')
    expect(message?.replies).toEqual([])
    expect(JSON.stringify(message?.attachments)).toContain(`${namespace}`)
  })

  it('begins while the operation runs and is brought up to date, no oftener than Slack wants', async () => {
    await deploy('slow')
    const [begun] = await whenTold(({ text }) => text.includes('is syncing'))
    const told = await whenTold(synced)
    expect(told).toHaveLength(1)
    expect(told[0]?.ts).toBe(begun?.ts)
    const times = slack
      .calls()
      .filter(({ form }) => form.get('metadata')?.includes('/slow/'))
      .map(({ at }) => at)
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(pauses.length).toBeGreaterThan(0)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(pauseMs)
  })

  it('goes on with the same message when the operation is repeated', async () => {
    const [name, later] = ['repeated', `${namespace}-later`]
    await stack.kube.request(
      'POST',
      applicationsPath,
      applicationManifest({
        ...{ name, repoURL: repository.url, namespace: later, path: 'quick' },
        spec: {
          syncPolicy: {
            automated: {},
            retry: { limit: -1, backoff: { duration: '1s', factor: 1, maxDuration: '1s' } },
          },
        },
      }),
    )
    const [first] = await whenTold(failed)
    await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name: later } })
    const told = await whenTold(synced)
    expect(told).toHaveLength(1)
    expect(told[0]?.ts).toBe(first?.ts)
    expect(told[0]?.replies).toHaveLength(1)
  })

  it('tells of a failure in red, with cause, object and the way out in the thread', async () => {
    await deploy('broken', { 'driftless.dev/health-timeout': '3s' })
    const [message, ...more] = await whenTold(failed)
    expect(more).toEqual([])
    expect(message?.text).toContain('health-timeout')
    expect(message?.attachments[0]?.color).toBe('#E96D76')
    const reply = JSON.stringify(message?.replies)
    expect(reply).toContain('health-timeout')
    expect(reply).toContain(`Deployment ${namespace}/broken`)
    expect(reply).toContain('ImagePullBackOff')
    expect(reply).toContain('*Next:*')
    expect(message?.replies).toHaveLength(1)
  })

  it('tells of manifests that cannot be read, though nothing was applied', async () => {
    await deploy('syntax')
    const [message, ...more] = await whenTold(failed)
    expect(more).toEqual([])
    expect(message?.text).toContain('manifest-syntax')
    expect(JSON.stringify(message?.replies)).toContain('web.yaml')
  })
})

describe('Slack in trouble', () => {
  it('waits as long as Slack asks', async () => {
    slack.next('chat.postMessage', { kind: 'limited', retryAfter: 4 })
    await deploy('limited')
    const told = await whenTold(synced)
    expect(told).toHaveLength(1)
    const [refused, taken] = slack
      .calls('chat.postMessage')
      .filter(({ form }) => form.get('text')?.includes('*limited*'))
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(4_000)
  })

  it('tells once when the worker is killed between the message and the record of it', async () => {
    const killed = Promise.withResolvers<void>()
    slack.next('chat.postMessage', { kind: 'held', until: killed.promise })
    await deploy('killed')
    await eventually(
      () => slack.messages().length,
      (count) => count > known,
    )
    stack.kill('worker')
    killed.resolve()
    const updates = () =>
      slack.calls('chat.update').filter(({ form }) => form.get('text')?.includes('*killed*'))
    await eventually(updates, (calls) => calls.length > 0)
    const posts = slack
      .calls('chat.postMessage')
      .filter(({ form }) => form.get('text')?.includes('*killed*'))
    expect(posts).toHaveLength(1)
    expect(slack.messages().slice(known)).toHaveLength(1)
    expect(slack.messages()[known]?.text).toContain('*killed* synced')
    await whenApplication(stack.kube, 'killed', isDeployed(head))
  })

  it('hears from a notice once, in its channel, and holds no operation up while it is away', async () => {
    await slack.goAway()
    await deploy('noticed')
    await whenApplication(stack.kube, 'noticed', isDeployed(head))
    stack.kill('worker')
    await slack.comeBack()
    const said = () => slack.messages().filter(({ text }) => text === 'shop &lt;is&gt; live')
    // the deployment that it is part of is told too, by a message of its own
    await eventually(
      () => slack.messages().map(({ text }) => text),
      (texts) => said().length > 0 && texts.some((text) => text.includes('*noticed* synced')),
      60_000,
    )
    expect(said()).toHaveLength(1)
  })

  it('loses nothing while Slack is away', async () => {
    await slack.goAway()
    await deploy('outage')
    await whenApplication(stack.kube, 'outage', isDeployed(head))
    await eventually(
      () => attemptsFor('argocd/outage'),
      (attempts) => attempts >= 3,
    )
    await slack.comeBack()
    const told = await eventually(
      () => slack.messages().slice(known),
      (messages) => messages.some(({ text }) => text.includes('*outage* synced')),
      60_000,
    )
    expect(told).toHaveLength(1)
  })
})
