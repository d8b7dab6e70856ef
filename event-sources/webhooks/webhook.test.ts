import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { WebhookRejected, WebhookTooLarge, WebhookUnauthorized } from '../../core/errors.ts'
import { type GitPush, readEvent } from '../../core/event/event.ts'
import { maxWebhookBytes, parseWebhook } from './webhook.ts'

const push = {
  ref: 'refs/heads/main',
  before: '0'.repeat(40),
  after: 'a'.repeat(40),
  repository: {
    html_url: 'https://github.com/org/repo',
    clone_url: 'https://github.com/org/repo.git',
    ssh_url: 'git@github.com:org/repo.git',
    default_branch: 'main',
    stargazers: 3,
  },
  pusher: { name: 'kim', email: 'kim@example.com' },
  head_commit: { message: 'fix probe' },
  commits: [
    { added: ['a.yaml'], removed: [], modified: ['b.yaml'] },
    { added: [], removed: ['c.yaml'], modified: ['b.yaml'] },
  ],
}
type Headers = Readonly<Record<string, string>>
const github: Headers = {
  'x-github-event': 'push',
  'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
}

const parse = (headers: Headers, body: unknown, secret?: string) =>
  parseWebhook(
    (name) => headers[name],
    typeof body === 'string' ? body : JSON.stringify(body),
    secret === undefined ? {} : { github: secret },
  )
const parsePush = async (headers: Headers, body: unknown): Promise<GitPush> => {
  const read = await parse(headers, body)
  if (!('events' in read)) throw new Error(read.ignored)
  return read.events[0] as GitPush
}

test('HOOKIN-01: a push becomes one event that names the repository in all its forms', async () => {
  const event = await parsePush(github, push)
  expect(event).toEqual({
    specversion: '1.0',
    id: '72d3162e-cc78-11e3-81ab-4c9367dc0958',
    source: 'https://github.com/org/repo.git',
    type: 'dev.driftless.git.push',
    subject: 'refs/heads/main',
    partitionkey: 'https://github.com/org/repo.git',
    data: {
      repositories: [
        'https://github.com/org/repo.git',
        'https://github.com/org/repo',
        'git@github.com:org/repo.git',
      ],
      ref: 'refs/heads/main',
      before: '0'.repeat(40),
      after: 'a'.repeat(40),
      defaultBranch: 'main',
      changedPaths: ['a.yaml', 'b.yaml', 'c.yaml'],
      pathsCut: false,
      pusher: 'kim',
      message: 'fix probe',
      bodyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  })
  expect(readEvent(JSON.parse(JSON.stringify(event)))).toEqual({ event })
})

test('HOOKIN-01: with a secret only the right signature of this very body counts, before anything is parsed', async () => {
  const body = JSON.stringify(push)
  const sign = (text: string, secret: string): string =>
    `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`
  const good = { ...github, 'x-hub-signature-256': sign(body, 's3cret') }
  expect(await parse(good, body, 's3cret')).toHaveProperty('events')
  for (const signature of [
    sign(body, 'other'),
    sign(`${body} `, 's3cret'),
    sign(body, 's3cret').slice(0, -2),
    `sha1=${createHmac('sha1', 's3cret').update(body).digest('hex')}`,
    '',
    'sha256=',
    'ü',
  ]) {
    const headers = { ...github, 'x-hub-signature-256': signature }
    await expect(parse(headers, body, 's3cret'), signature).rejects.toThrow(WebhookUnauthorized)
  }
  await expect(parse(github, '{', 's3cret')).rejects.toThrow(WebhookUnauthorized)
  const refused = parse(github, body, 's3cret').catch(String)
  expect(await refused).not.toContain('s3cret')
})

test('HOOKIN-09: without a secret, or with an empty one, the sender is believed', async () => {
  expect(await parse(github, push)).toHaveProperty('events')
  expect(await parse(github, push, '')).toHaveProperty('events')
})

test('a ping is no event and no error', async () => {
  expect(await parse({ 'x-github-event': 'ping' }, { zen: 'x' })).toEqual({ ignored: 'ping' })
})

test.each([
  ['no header of a provider', {}, push, 'unknown webhook'],
  ['another kind of event', { 'x-github-event': 'issues' }, push, 'unknown GitHub event issues'],
  ['no JSON', github, 'payload=%7B%7D', 'not JSON'],
  ['JSON that is no object', github, '[]', 'not a push event'],
  ['a push without a repository', github, { ...push, repository: undefined }, 'repository'],
  [
    'a repository without an address',
    github,
    { ...push, repository: {} },
    'repository has no address',
  ],
  [
    'a repository whose address is none',
    github,
    { ...push, repository: { html_url: '%%' } },
    'repository has no address',
  ],
  ['a ref of the wrong type', github, { ...push, ref: 7 }, 'ref'],
])('HOOKIN-12: %s is refused with the reason', async (_, headers, body, reason) => {
  const refused = parse(headers as Headers, body)
  await expect(refused).rejects.toThrow(WebhookRejected)
  await expect(refused).rejects.toThrow(reason)
})

test('HOOKIN-12: a body beyond 50 MB is refused unread', async () => {
  await expect(parse(github, 'x'.repeat(maxWebhookBytes + 1), 's')).rejects.toThrow(WebhookTooLarge)
})

test('the id is that of the delivery; without a usable one it is made of what changed', async () => {
  const first = await parsePush({ 'x-github-event': 'push' }, push)
  const again = await parsePush({ 'x-github-event': 'push' }, { ...push, pusher: { name: 'sam' } })
  const other = await parsePush({ 'x-github-event': 'push' }, { ...push, after: 'b'.repeat(40) })
  const odd = await parsePush({ ...github, 'x-github-delivery': 'x'.repeat(5_000) }, push)
  expect(first.id).toMatch(/^[0-9a-f]{40}$/)
  expect(again.id).toBe(first.id)
  expect(odd.id).toBe(first.id)
  expect(other.id).not.toBe(first.id)
})

test('a deleted branch and a push without commits are events too', async () => {
  const event = await parsePush(github, {
    ...push,
    after: '0'.repeat(40),
    head_commit: null,
    commits: [],
  })
  expect(event.data).toMatchObject({ after: '0'.repeat(40), changedPaths: [], pathsCut: false })
})

test('however many and long the changed paths are, the event fits into a record', async () => {
  for (const [count, length] of [
    [5_000, 10],
    [900, 4_000],
  ] as const) {
    const added = Array.from({ length: count }, (_, n) => `${'ä'.repeat(length)}${n}`)
    const event = await parsePush(github, { ...push, commits: [{ added }] })
    expect(event.data.pathsCut).toBe(true)
    expect(event.data.changedPaths.length).toBeGreaterThan(10)
    expect(Buffer.byteLength(JSON.stringify(event.data))).toBeLessThan(256 * 1024)
  }
})
