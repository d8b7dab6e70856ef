import { describe, expect, it } from 'vitest'
import type { ApplicationView } from '../client/application-view.ts'
import { createProgress } from './progress.ts'

const application = (message: string): ApplicationView =>
  ({
    metadata: { name: 'shop' },
    spec: {},
    status: {
      ...{ sync: { status: 'OutOfSync' }, health: { status: 'Progressing' } },
      operationState: { phase: 'Running', message },
    },
  }) as unknown as ApplicationView

const shown = (isTTY: boolean, ...messages: readonly string[]) => {
  let text = ''
  const write = (chunk: string | Uint8Array) => {
    text += String(chunk)
    return true
  }
  const progress = createProgress('shop', { write, isTTY, columns: 60 } as never)
  for (const message of messages) progress.show(application(message))
  progress.end()
  return text
}

describe('progress', () => {
  it('is one line per change where nobody watches', () => {
    expect(shown(false, 'wave 0', 'wave 0', 'wave 1')).toBe(
      'shop: OutOfSync, Progressing, Running: wave 0\nshop: OutOfSync, Progressing, Running: wave 1\n',
    )
  })

  it('is one line that is written anew on a terminal, never wider, and gone in the end', () => {
    const text = shown(true, 'wave 0', 'x'.repeat(200))
    const lines = text.split('\r\u001b[K')
    expect(lines.slice(1, 2)).toEqual(['shop: OutOfSync, Progressing, Running: wave 0'])
    expect(lines.map((line) => line.length).every((length) => length < 60)).toBe(true)
    expect(lines.at(-1)).toBe('')
    expect(text).not.toContain('\n')
  })
})
