import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSlack } from '../../clients/slack.ts'
import { NetworkError, NotificationRefused, RateLimited } from '../../core/errors.ts'
import type { SlackMessage } from '../../core/notification/message.ts'
import { type SlackServer, startSlackServer } from '../harness/slack-server.ts'

let server: SlackServer

beforeAll(async () => {
  server = await startSlackServer()
})
afterAll(() => server.close())

const connect = (more: object = {}) => createSlack({ ...server, timeoutMs: 1_000, ...more })
const say = (text: string): SlackMessage => ({ text, attachments: [] })
const marker = (id: string, part = 'message') => ({ id, part })

describe('Slack', () => {
  it('takes a message, its later state, and a reply in its thread', async () => {
    const slack = connect()
    const posted = await slack.post(say('syncing'), marker('a'))
    await slack.update(posted, say('synced'), marker('a'))
    await slack.post(say('detail'), marker('a', 'failure'), posted)
    const kept = server.messages().find(({ ts }) => ts === posted.ts)
    expect(kept).toMatchObject({
      text: 'synced',
      earlier: ['syncing'],
      metadata: { event_type: 'driftless_operation', event_payload: { id: 'a', part: 'message' } },
      replies: [{ text: 'detail' }],
    })
  })

  it('finds a message and a reply by their markers, also beyond the first page', async () => {
    const slack = connect()
    const since = Date.now()
    const posted = await slack.post(say('one'), marker('find'))
    const reply = await slack.post(say('reply'), marker('find', 'failure'), posted)
    for (let n = 0; n < 210; n++) await slack.post(say('other'), marker(`other-${n}`))
    expect(await slack.find(marker('find'), { since })).toEqual(posted)
    expect(await slack.find(marker('find', 'failure'), posted)).toEqual(reply)
    expect(await slack.find(marker('find', 'other'), posted)).toBeUndefined()
    expect(await slack.find(marker('never'), { since })).toBeUndefined()
  })

  it('does not find what is older than asked, and takes a refusal to look for nothing found', async () => {
    const slack = connect()
    await slack.post(say('old'), marker('old'))
    expect(await slack.find(marker('old'), { since: Date.now() + 3_600_000 })).toBeUndefined()
    server.next('conversations.history', { kind: 'error', error: 'missing_scope' })
    expect(await slack.find(marker('old'), { since: 0 })).toBeUndefined()
    expect(await slack.find(marker('old'), { since: 0 })).toBeDefined()
  })

  it('says how long Slack wants to be left alone, after one call', async () => {
    const before = server.calls('chat.postMessage').length
    server.next('chat.postMessage', { kind: 'limited', retryAfter: 7 })
    const failure = await connect()
      .post(say('x'), marker('x'))
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RateLimited)
    expect(failure).toMatchObject({ retryAfterMs: 7_000, retryable: true })
    expect(server.calls('chat.postMessage')).toHaveLength(before + 1)
  })

  it.each([
    ['not_in_channel', '/invite in the channel C0DEPLOYS'],
    ['missing_scope', 'chat:write'],
    ['invalid_auth', 'SLACK_BOT_TOKEN'],
    ['channel_not_found', 'SLACK_CHANNEL'],
    ['message_not_found', 'was removed'],
    ['something_new', 'something_new'],
  ])('a refusal (%s) says what to do', async (error, text) => {
    server.next('chat.postMessage', { kind: 'error', error })
    const failure = await connect()
      .post(say('x'), marker('x'))
      .catch((caught: unknown) => caught)
    expect(failure).toBeInstanceOf(NotificationRefused)
    expect((failure as Error).message).toContain(text)
  })

  it('a wrong token is refused without being told', async () => {
    const failure = await connect({ token: 'xoxb-wrong' })
      .post(say('x'), marker('x'))
      .catch((caught: unknown) => caught)
    expect(failure).toBeInstanceOf(NotificationRefused)
    expect(JSON.stringify(failure) + String(failure)).not.toContain('xoxb-wrong')
  })

  it.each([
    ['Slack is in trouble', { kind: 'error', error: 'internal_error' }],
    ['a server in between is in trouble', { kind: 'status', status: 503, body: 'x' }],
    ['the answer is no answer', { kind: 'status', status: 200, body: '<html>Bad gateway' }],
    ['the connection breaks', { kind: 'dropped' }],
  ] as const)('passes when %s, after one call', async (_, trouble) => {
    const before = server.calls('chat.postMessage').length
    server.next('chat.postMessage', trouble)
    await expect(connect().post(say('x'), marker('x'))).rejects.toThrow(NetworkError)
    expect(server.calls('chat.postMessage')).toHaveLength(before + 1)
  })

  it('does not wait for ever for an answer', async () => {
    const release = Promise.withResolvers<void>()
    server.next('chat.postMessage', { kind: 'held', until: release.promise })
    const failing = connect({ timeoutMs: 200 }).post(say('x'), marker('x'))
    await expect(failing).rejects.toThrow(NetworkError)
    release.resolve()
  })

  it('a server that is away is a failure that passes', async () => {
    await server.goAway()
    await expect(connect().post(say('x'), marker('x'))).rejects.toThrow(NetworkError)
    await server.comeBack()
    await expect(connect().post(say('x'), marker('x'))).resolves.toBeDefined()
  })
})
