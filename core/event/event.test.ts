import { describe, expect, it } from 'vitest'
import { eventId, isGitPush, readEvent } from './event.ts'

const push = {
  specversion: '1.0',
  id: 'delivery-1',
  source: 'https://example.com/org/repo',
  type: 'dev.driftless.git.push',
  data: {
    repositories: ['https://example.com/org/repo.git'],
    ref: 'refs/heads/main',
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    changedPaths: [],
    pathsCut: false,
    bodyDigest: 'c'.repeat(64),
  },
}

describe('reading an event', () => {
  it('knows a Git push', () => {
    const read = readEvent(push)
    expect(read).toEqual({ event: push })
    expect('event' in read && isGitPush(read.event)).toBe(true)
  })

  it('passes on what it does not know, with its data as they are', () => {
    const other = { ...push, type: 'com.example.anything', data: { nested: [1, null] } }
    const read = readEvent(other)
    expect(read).toEqual({ event: other })
    expect('event' in read && isGitPush(read.event)).toBe(false)
  })

  it('names the fields that are wrong, five at most', () => {
    const { ref: _, ...data } = push.data
    expect(readEvent({ ...push, data })).toEqual({
      problem: expect.stringMatching(/^data\.ref: /),
    })
    const { problem } = readEvent({ ...push, data: {} }) as { problem: string }
    expect(problem.split('; ')).toHaveLength(5)
  })

  it.each([null, undefined, 'text', 7, [], {}])('refuses %j', (value) => {
    expect(readEvent(value)).toHaveProperty('problem')
  })

  it('refuses an envelope without id or source, and other versions', () => {
    for (const wrong of [{ id: '' }, { source: '' }, { specversion: '0.3' }]) {
      expect(readEvent({ ...push, type: 'com.example.anything', ...wrong })).toHaveProperty(
        'problem',
      )
    }
  })
})

describe('the id of an event', () => {
  it('is that of the provider’s delivery', () => {
    expect(eventId('delivery-1', ['a'])).toBe('delivery-1')
  })

  it('else is the same for the same change, and another for another', () => {
    expect(eventId(undefined, ['repo', 'main', 'b1'])).toBe(
      eventId(undefined, ['repo', 'main', 'b1']),
    )
    expect(eventId(undefined, ['repo', 'main', 'b1'])).not.toBe(
      eventId(undefined, ['repo', 'main', 'b2']),
    )
    expect(eventId(undefined, ['ab', 'c'])).not.toBe(eventId(undefined, ['a', 'bc']))
  })
})
