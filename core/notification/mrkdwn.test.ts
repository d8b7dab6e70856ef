import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mrkdwn } from './mrkdwn.ts'

test('text of others can neither mention anybody nor make a link', () => {
  expect(mrkdwn('<!channel> <@U1> <https://x|y> a && b', 100)).toBe(
    '&lt;!channel&gt; &lt;@U1&gt; &lt;https://x|y&gt; a &amp;&amp; b',
  )
})

test('long text is cut with an ellipsis, never inside an entity or a character', () => {
  expect(mrkdwn('abcdef', 6)).toBe('abcdef')
  expect(mrkdwn('abcdefg', 6)).toBe('abcde…')
  expect(mrkdwn('abc<<', 7)).toBe('abc…')
  expect(mrkdwn('ab<x', 7)).toBe('ab&lt;x')
  expect(mrkdwn('a🙂🙂b', 4)).toBe('a🙂…')
})

test('whatever comes in, the limit holds and only entities begin with &', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('&', '<', '>', 'a', ';', '🙂', 'é') }),
      fc.integer({ min: 1, max: 40 }),
      (text, limit) => {
        const shown = mrkdwn(text, limit)
        expect(shown.length).toBeLessThanOrEqual(limit)
        expect(shown.replaceAll(/&(amp|lt|gt);/g, '')).not.toMatch(/[&<>]/)
        expect(shown.isWellFormed()).toBe(true)
      },
    ),
  )
})
