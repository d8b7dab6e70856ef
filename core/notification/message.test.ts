import { describe, expect, it } from 'vitest'
import type { Failure } from '../failure/failure.ts'
import { failureReply } from './failure-reply.ts'
import { type MessageFacts, slackMessage } from './message.ts'
import type { Notice } from './notice.ts'

const revision = '3f2a1c9'.padEnd(40, '0')
const failure: Failure = {
  cause: 'admission',
  object: 'Deployment shop/web',
  evidence: 'denied: <!channel> use a digest',
  next: 'change the object as the API server or its webhook asks, and push',
}
const notice: Notice = {
  operation: 'argocd/guestbook/1000',
  sequence: 5_000,
  phase: 'Succeeded',
  message: 'successfully synced (all tasks run)',
  revision,
  trigger: 'push',
  initiator: 'automated',
  retries: 0,
  startedAt: 1_000,
  at: 5_240,
  resources: { changed: 3, pruned: 1, unchanged: 0, failed: 0 },
}
const facts = (more: Partial<Notice>, beside: Partial<MessageFacts> = {}): MessageFacts => ({
  application: 'argocd/guestbook',
  notice: { ...notice, ...more },
  subject: 'fix probe',
  author: 'kim',
  ...beside,
})
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return []
  const { text } = value as { text?: unknown }
  return [...(typeof text === 'string' ? [text] : []), ...Object.values(value).flatMap(textsIn)]
}

describe('the message of an operation', () => {
  it('says in its text alone what was deployed and how it went', () => {
    const { text } = slackMessage(facts({}))
    expect(text).toBe('*guestbook* synced 3f2a1c9 "fix probe" in 4.2 s')
    expect(slackMessage(facts({ phase: 'Running' })).text).toBe(
      '*guestbook* is syncing 3f2a1c9 "fix probe"',
    )
    expect(slackMessage(facts({ phase: 'Failed', failure })).text).toBe(
      '*guestbook* failed to sync 3f2a1c9 "fix probe": admission',
    )
    expect(slackMessage(facts({ phase: 'Failed', message: 'superseded by push' })).text).toContain(
      'failed to sync 3f2a1c9 "fix probe": superseded by push',
    )
  })

  it('lists what changed, who asked for it and where it went, and leaves out what is unknown', () => {
    const all = textsIn(
      slackMessage(
        facts({ initiator: 'ana' }, { destination: 'in-cluster/shop', health: 'Healthy' }),
      ),
    )
    expect(all).toContain('*Resources*\n3 changed, 1 pruned')
    expect(all).toContain('*Started by*\nana')
    expect(all).toContain('*Destination*\nin-cluster/shop')
    expect(all).toContain('*Revision*\n3f2a1c9 "fix probe" by kim')
    const bare = textsIn(slackMessage({ application: 'argocd/x', notice }))
    expect(bare.join()).not.toMatch(/undefined|Health|Destination/)
    expect(bare).toContain('*Started by*\npush')
  })

  it('cannot be used to mention people, and is as short as Slack wants whatever comes in', () => {
    const long = '<!channel>&'.repeat(5_000)
    const message = slackMessage({
      ...facts({
        ...{ phase: 'Failed', message: long, revision: long, trigger: long, initiator: long },
        failure: { ...failure, evidence: long, object: long },
      }),
      ...{ subject: long, author: long, repository: long, destination: long, health: long },
    })
    const reply = failureReply({ ...failure, evidence: long, object: long })
    for (const text of [...textsIn(message), ...textsIn(reply)]) {
      expect(text).not.toContain('<')
      expect(text.length).toBeLessThanOrEqual(3_000)
    }
    for (const { blocks } of message.attachments) {
      for (const block of blocks) {
        if (!('fields' in block)) continue
        expect(block.fields.length).toBeLessThanOrEqual(10)
        for (const { text } of block.fields) expect(text.length).toBeLessThanOrEqual(2_000)
      }
    }
    expect(message.text.length).toBeLessThanOrEqual(4_000)
  })

  it('has the colours of Argo CD, and counts attempts', () => {
    const colour = (phase: Notice['phase']) => slackMessage(facts({ phase })).attachments[0]?.color
    expect(['Running', 'Succeeded', 'Failed', 'Error'].map((p) => colour(p as never))).toEqual([
      '#0DADEA',
      '#18be52',
      '#E96D76',
      '#E96D76',
    ])
    expect(textsIn(slackMessage(facts({ retries: 2 }))).join()).toContain('attempt 3')
  })
})

it('the reply names cause, object, what was seen and what to do', () => {
  const texts = textsIn(failureReply(failure))
  expect(texts).toContain(
    '*Cause:* admission\n*Object:* Deployment shop/web\n*Seen:* denied: &lt;!channel&gt; use a digest',
  )
  expect(texts).toContain(`*Next:* ${failure.next}`)
})
