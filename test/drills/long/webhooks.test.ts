import { createHmac, randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createKafkaBus } from '../../../clients/bus.ts'
import { topics } from '../../../core/event/topics.ts'
import {
  applicationManifest,
  applicationsPath,
  configMap,
  isDeployed,
  whenApplication,
} from '../../harness/application.ts'
import { eventually } from '../../harness/eventually.ts'
import { createScratchRepository, type ScratchRepository } from '../../harness/git.ts'
import { type Stack, startStack } from '../../harness/stack.ts'
import { pushWebhook } from '../../harness/webhook.ts'

const name = 'drill-webhooks'
const secret = 'known-to-both'
const mebibyte = 1024 ** 2
const slowOfEach = 50

let stack: Stack
let repository: ScratchRepository

beforeAll(async () => {
  // without the poll net: what is deployed came by a webhook
  const env = { DRIFTLESS_POLL_SECONDS: '0', DRIFTLESS_WEBHOOK_GITHUB_SECRET: secret }
  stack = await startStack({ env })
  repository = await createScratchRepository(name)
  const first = await repository.push({ 'config.yaml': configMap('config', 'old') })
  await stack.kube.request('POST', '/api/v1/namespaces', { metadata: { name } })
  const declared = { name, repoURL: repository.url, namespace: name }
  await stack.kube.request('POST', applicationsPath, applicationManifest(declared))
  await whenApplication(stack.kube, name, isDeployed(first))
})

afterAll(async () => {
  await repository.close()
  await stack.stop()
})

/** Tells of the last push as GitHub does; gives the answer and the id that its event has. */
async function announce() {
  const delivery = randomUUID()
  const event = await repository.lastPush()
  const { status } = await pushWebhook(stack.endpoints.api, event, { secret, delivery })
  return { status, delivery }
}

/** The ids of all events that came from outside until now. */
async function storedEvents(): Promise<readonly string[]> {
  const ids: string[] = []
  const { kafka } = stack.endpoints
  const bus = createKafkaBus({ brokers: [kafka], clientId: name, onError: () => undefined })
  await new Promise<void>((onCaughtUp) => {
    bus.follow({ topic: topics.events, handle: ({ id }) => ids.push(id), onCaughtUp })
  })
  await bus.close()
  return ids.toSorted()
}

/** The headers of a signed webhook. */
function headOf(body: Buffer, framing = `content-length: ${body.length}`): string {
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return [
    'POST /api/webhook HTTP/1.1',
    'host: driftless',
    'content-type: application/json',
    'x-github-event: push',
    `x-github-delivery: ${randomUUID()}`,
    `x-hub-signature-256: sha256=${signature}`,
    framing,
    '\r\n',
  ].join('\r\n')
}

/** A sender that goes its own way: sends the first part at once, and the rest byte by byte, one in a second. */
function sender(first: readonly (string | Buffer)[], rest: string | Buffer = '') {
  const { hostname, port } = new URL(stack.endpoints.api)
  const socket = connect(Number(port), hostname)
  const bytes = Buffer.from(rest)
  let answer = ''
  let sent = 0
  // the pace is what the drill is about
  const drip = setInterval(() => {
    if (sent < bytes.length && socket.writable) socket.write(bytes.subarray(sent, ++sent))
  }, 1_000)
  // the server may close before it has read what is on its way
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  for (const part of first) socket.write(part)
  const isOpen = () => !socket.destroyed
  const ended = new Promise<void>((done) => {
    socket.once('close', () => {
      clearInterval(drip)
      done()
    })
  })
  /** The status of the answer as soon as there is one; undefined when the connection ended without. */
  const status = async () => {
    await eventually(
      () => answer !== '' || !isOpen(),
      (over) => over,
      60_000,
    )
    const [, found] = /^HTTP\/1.1 (\d+) /.exec(answer) ?? []
    return found === undefined ? undefined : Number(found)
  }
  return { status, isOpen, ended, answer: () => answer, close: () => socket.destroy() }
}

/** A push of this size: what GitHub would send, and spaces behind it. */
async function pushOfBytes(bytes: number): Promise<Buffer> {
  return Buffer.from(JSON.stringify(await repository.lastPush()).padEnd(bytes))
}

const value = async () => {
  const path = `/api/v1/namespaces/${name}/configmaps/config`
  return (await stack.kube.request<{ data: { value: string } }>('GET', path)).data.value
}

describe('R11: senders of webhooks that are slow, wrong or greedy', () => {
  it('are refused, leave nothing in Kafka, and hold up nobody', async () => {
    const head = await repository.push({ 'config.yaml': configMap('config', 'new') })
    const known = await storedEvents()
    const event = await repository.lastPush()
    const body = Buffer.from(JSON.stringify(event))
    const slow = Array.from({ length: slowOfEach }, () => [
      sender([], headOf(body)),
      sender([headOf(body)], body),
      sender([headOf(body), body.subarray(0, -1)]),
    ]).flat()
    const { api } = stack.endpoints
    const half = body.subarray(0, -1)
    const tooLong = 50 * mebibyte + 1
    const chunk = `${tooLong.toString(16)}\r\n${' '.repeat(tooLong)}\r\n0\r\n\r\n`
    expect([
      (await pushWebhook(api, event)).status,
      (await pushWebhook(api, event, { secret: 'guessed' })).status,
      await sender([headOf(half), half]).status(),
      await sender([headOf(body, `content-length: ${tooLong}`)]).status(),
      await sender([headOf(body, 'transfer-encoding: chunked'), chunk]).status(),
    ]).toEqual([401, 401, 400, 413, 413])
    const { status, delivery } = await announce()
    expect(status).toBe(200)
    await whenApplication(stack.kube, name, isDeployed(head))
    expect(await value()).toBe('new')
    expect(slow.filter(({ isOpen }) => isOpen()).length).toBeGreaterThan(0)
    await Promise.all(slow.map(({ ended }) => ended))
    const answers = await Promise.all(slow.map((each) => each.status()))
    expect(new Set(answers)).toEqual(new Set([408]))
    expect(await storedEvents()).toEqual([...known, delivery].toSorted())
  })

  it('have no more memory than there is for all; small webhooks are taken, large ones when it is given back', async () => {
    const known = await storedEvents()
    const large = await pushOfBytes(40 * mebibyte)
    const unfinished = [headOf(large), large.subarray(0, -1)]
    const greedy = Array.from({ length: 5 }, () => sender(unfinished))
    const refused = await eventually(
      () => greedy.filter(({ answer }) => answer() !== ''),
      ({ length }) => length >= 3,
    )
    expect(new Set(refused.map(({ answer }) => answer().split('\r\n')[0]))).toEqual(
      new Set(['HTTP/1.1 503 Service Unavailable']),
    )
    expect(refused.filter(({ answer }) => !/^retry-after: \d+/im.test(answer()))).toEqual([])
    const { status, delivery } = await announce()
    expect(status).toBe(200)
    for (const { close } of greedy) close()
    // 503 says "send it again", and that is what a sender does
    const ok = await eventually(
      () => sender([headOf(large), large]).status(),
      (answer) => answer !== 503,
    )
    expect(ok).toBe(200)
    const stored = await storedEvents()
    expect(stored).toHaveLength(known.length + 2)
    expect(stored).toEqual(expect.arrayContaining([...known, delivery]))
  })
})
