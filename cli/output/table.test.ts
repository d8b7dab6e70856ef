import { expect, it } from 'vitest'
import { printable, table } from './table.ts'

it('pads columns to the widest value and leaves no blanks at the end', () => {
  expect(
    table(
      ['NAME', 'STATUS'],
      [
        ['guestbook', 'Synced'],
        ['b', undefined],
      ],
    ),
  ).toBe(['NAME        STATUS', 'guestbook   Synced', 'b'].join('\n'))
})

it('lets no control character of a message reach the terminal', () => {
  expect(printable('a\u001b[2Jb\nc\u009b')).toBe('a [2Jb c ')
})
