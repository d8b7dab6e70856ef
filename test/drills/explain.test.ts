import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../harness/application.ts'
import { type UserCommand, userCommand } from '../harness/command.ts'
import { eventually } from '../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../harness/git.ts'
import { type SlackServer, startSlackServer } from '../harness/slack-server.ts'
import { type Stack, startStack } from '../harness/stack.ts'
import { pushWebhook } from '../harness/webhook.ts'

const namespace = 'drill-explain'
const steps = ['received', 'routed', 'observed', 'decided', 'operated', 'told']
let stack: Stack
let slack: SlackServer
let repository: ScratchRepository
let other: ScratchRepository
let driftless: UserCommand

type Step = {
  readonly step: string
  readonly application?: string
  readonly summary: string
  readonly failure?: { readonly cause: string }
  readonly facts?: { readonly [fact: string]: unknown }
}
type Explanation = {
  readonly steps: readonly Step[]
  readonly meaning?: { readonly matched: boolean; readonly reason: string }
}

beforeAll(async () => {
  slack = await startSlackServer()
  stack = await startStack({ env: slack.environment })
  repository = await createScratchRepository('explained')
  other = await createScratchRepository('elsewhere')
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
  const head = await repository.push({
    'one/config.yaml': configMap('one', 'x'),
    'two/config.yaml': configMap('two', 'x'),
  })
  const there = await other.push({ 'config.yaml': configMap('three', 'x') })
  const { url: repoURL } = repository
  const create = (name: string, more: object) =>
    stack.kube.request(
      'POST',
      applicationsPath,
      applicationManifest({ name, repoURL, namespace, path: name, ...more }),
    )
  await create('one', {})
  await create('two', {})
  await create('three', { repoURL: other.url, path: '.' })
  await whenApplication(stack.kube, 'one', isDeployed(head))
  await whenApplication(stack.kube, 'two', isDeployed(head))
  await whenApplication(stack.kube, 'three', isDeployed(there))
  driftless = userCommand({ DRIFTLESS_SERVER: stack.endpoints.api })
  await driftless('login', stack.endpoints.api, '--password', stack.endpoints.adminPassword)
})

afterAll(async () => {
  driftless.remove()
  await repository.close()
  await other.close()
  await stack.stop()
  await slack.close()
})

const push = async (delivery: string, files: Record<string, string>) => {
  const head = await repository.push(files, 'say more')
  await pushWebhook(stack.endpoints.api, await repository.lastPush(), { delivery })
  return head
}
const explain = async (id: string, ...more: string[]): Promise<Explanation> => {
  const { code, stdout } = await driftless('events', 'explain', id, ...more, '-o', 'json')
  return code === 0 ? JSON.parse(stdout) : { steps: [] }
}
const whenExplained = (id: string, last: string) =>
  eventually(
    () => explain(id),
    (explanation) => explanation.steps.at(-1)?.step === last,
  )

describe('what became of an event', () => {
  it('is told from the webhook to the message in Slack', async () => {
    const head = await push('delivery-1', { 'one/config.yaml': configMap('one', 'y') })
    const told = await whenExplained('delivery-1', 'told')
    expect(told.steps.map(({ step }) => step)).toEqual(steps)
    const [received, routed, observed, decided, operated] = told.steps
    expect(received?.summary).toContain(`${head.slice(0, 7)} "say more"`)
    expect(routed?.summary).toMatch(/^looked: .*explained is used$/)
    expect(observed?.summary).toContain('1 of 2 applications woken')
    expect(observed?.facts).toMatchObject({
      unchanged: 1,
      woken: [expect.stringContaining('argocd/one: what it renders from changed')],
    })
    expect(decided?.summary).toBe('sync: automated sync after push')
    expect(operated?.facts).toMatchObject({
      phase: 'Succeeded',
      counts: { Synced: 1 },
      resources: [`ConfigMap ${namespace}/one Synced`],
    })
  })

  it('says why one application was left alone, by the rule that the look itself follows', async () => {
    expect((await explain('delivery-1', '--app', 'one')).meaning).toMatchObject({ matched: true })
    const { meaning: same } = await explain('delivery-1', '--app', 'two')
    expect(same?.matched).toBe(false)
    expect(same?.reason).toContain('nothing of what it renders from (two at HEAD) had changed')
    const { meaning: elsewhere } = await explain('delivery-1', '--app', 'three')
    expect(elsewhere?.reason).toMatch(/^it deploys from .*elsewhere, the push is to .*explained$/)
  })

  it('names the failure of a push that cannot be deployed', async () => {
    await push('delivery-2', { 'two/config.yaml': 'kind: [' })
    const told = await whenExplained('delivery-2', 'told')
    const decided = told.steps.find(({ step }) => step === 'decided')
    expect(decided?.failure?.cause).toBe('manifest-syntax')
    expect(decided?.summary).toContain('config.yaml:1: not valid YAML')
  })

  it('says that nobody listens', async () => {
    const event = await other.lastPush()
    const repositoryOf = JSON.parse(
      JSON.stringify(event).replaceAll('elsewhere', 'nobody'),
    ) as typeof event
    await pushWebhook(stack.endpoints.api, repositoryOf, { delivery: 'delivery-3' })
    const told = await whenExplained('delivery-3', 'routed')
    expect(told.steps.at(-1)?.summary).toContain('ignored: no Application uses')
  })

  it('is the same after every process was restarted', async () => {
    const before = await explain('delivery-1')
    for (const part of ['api', 'events', 'worker']) stack.kill(part)
    const after = await whenExplained('delivery-1', 'told')
    expect(after.steps).toEqual(before.steps)
    const list = await driftless('events', 'list')
    expect(list.stdout).toContain('delivery-1')
    expect(list.stdout).toContain('told: told Slack: Succeeded')
  })
})

describe('a replay', () => {
  it('keeps the id, is looked at again and deploys nothing that is there already', async () => {
    const { stdout } = await driftless('events', 'replay', 'delivery-1')
    expect(stdout).toContain('delivery-1 is given again (replay 1)')
    const { steps: told } = await eventually(
      () => explain('delivery-1'),
      (explanation) => explanation.steps.filter(({ step }) => step === 'observed').length === 2,
    )
    expect(told.find(({ step }) => step === 'received')?.summary).toContain('(replay 1)')
    expect(told.filter(({ step }) => step === 'operated')).toHaveLength(1)
  })
})

describe('what happened to an application', () => {
  it('is told in order, with what it was because of', async () => {
    const { stdout } = await driftless('app', 'explain', 'one', '--since', '1h', '-o', 'json')
    const { steps: all } = JSON.parse(stdout) as Explanation
    const bySpec = all.find(({ step }) => step === 'decided')
    expect(bySpec?.summary).toContain('automated sync after spec')
    expect(all.map(({ step }) => step)).toEqual(
      expect.arrayContaining(['decided', 'operated', 'told', 'sync-succeeded']),
    )
    expect(new Set(all.map(({ application }) => application))).toEqual(new Set(['argocd/one']))
    const nothing = await driftless('app', 'explain', 'one', '--since', '0s')
    expect(nothing.stdout).toContain('nothing happened')
    const wrong = await driftless('app', 'explain', 'one', '--since', 'soon')
    expect(wrong).toMatchObject({
      code: 20,
      stderr: expect.stringContaining('soon is no duration'),
    })
  })

  it('an event that never was is not known', async () => {
    const answer = await driftless('events', 'explain', 'nobody')
    expect(answer).toMatchObject({ code: 20, stderr: expect.stringContaining('no event nobody') })
  })
})
