import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
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
import { pushWebhook, type WebhookAnswer } from '../harness/webhook.ts'

const namespace = 'drill-broker'
const shopsOfEach = 6
const patienceMs = 120_000

/** One push has a repository and an Application of its own, so that nothing else brings it live. */
type Shop = { readonly name: string; readonly repository: ScratchRepository; readonly head: string }

let stack: Stack
const repositories: ScratchRepository[] = []

beforeAll(async () => {
  // without the poll net: what is deployed came by a webhook
  stack = await startStack({ env: { DRIFTLESS_POLL_SECONDS: '0' } })
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name: namespace } })
})

afterAll(async () => {
  await Promise.all(repositories.map((repository) => repository.close()))
  await stack.stop()
})

/** An Application that is deployed, and a push to its repository that nobody was told of. */
async function openShop(name: string): Promise<Shop> {
  const repository = await createScratchRepository(name)
  repositories.push(repository)
  const first = await repository.push({ 'config.yaml': configMap(name, 'old') })
  await stack.kube.request(
    'POST',
    applicationsPath,
    applicationManifest({ name, repoURL: repository.url, namespace }),
  )
  await whenApplication(stack.kube, name, isDeployed(first))
  return {
    name,
    repository,
    head: await repository.push({ 'config.yaml': configMap(name, 'new') }),
  }
}

/** Delivers until it is acknowledged, waiting as long as each refusal says; gives all answers. */
async function deliverUntilAcknowledged(
  { name, repository }: Shop,
  told: (answer: WebhookAnswer) => void = () => undefined,
): Promise<readonly WebhookAnswer[]> {
  const answers: WebhookAnswer[] = []
  const delivery = randomUUID()
  const event = await repository.lastPush()
  const deadline = Date.now() + patienceMs
  for (;;) {
    const answer = await pushWebhook(stack.endpoints.api, event, { delivery })
    answers.push(answer)
    told(answer)
    if (answer.status === 200) return answers
    if (Date.now() > deadline) throw new Error(`${name} was never acknowledged`)
    await delay(Number(answer.retryAfter ?? 1) * 1000)
  }
}

const namesOf = (group: string) =>
  Array.from({ length: shopsOfEach }, (_, index) => `${group}-${index}`)

const value = async (name: string) => {
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  return (await stack.kube.request<{ data: { value: string } }>('GET', path)).data.value
}

describe('R4: the Kafka broker is killed while webhooks arrive', () => {
  it('deploys every push that it acknowledged, and refuses the others with 503', async () => {
    const early = await Promise.all(namesOf('early').map(openShop))
    const late = await Promise.all(namesOf('late').map(openShop))
    const untold = await openShop('untold')
    let killed = false
    const killAtFirst = ({ status }: WebhookAnswer): void => {
      if (killed || status !== 200) return
      stack.kill('kafka')
      killed = true
    }
    const inFlight = early.map((shop) => deliverUntilAcknowledged(shop, killAtFirst))
    await Promise.race(inFlight)
    expect(killed).toBe(true)
    // the broker may register again only seconds later: all of these meet it dead
    const whileAway = await Promise.all(late.map((shop) => deliverUntilAcknowledged(shop)))
    expect(whileAway.map(([first]) => first?.status)).toEqual(late.map(() => 503))
    const refusals = [...(await Promise.all(inFlight)), ...whileAway].flatMap((answers) =>
      answers.slice(0, -1),
    )
    expect(new Set(refusals.map(({ status }) => status))).toEqual(new Set([503]))
    expect(refusals.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([])
    for (const { name, head } of [...early, ...late]) {
      await whenApplication(stack.kube, name, isDeployed(head))
      expect(await value(name)).toBe('new')
    }
    expect(await value(untold.name)).toBe('old')
  })
})
