import { describe, expect, it } from 'vitest'
import { NetworkError, WebhookRejected, WebhookTooLarge } from '../../core/errors.ts'
import { createBodies } from './webhook-body.ts'

const limits = { eachBytes: 100, freeBytes: 10, sharedBytes: 150 }

/** A body that is sent by hand. */
function sender() {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(started) {
      controller = started
    },
  })
  return {
    incoming: { body, declared: undefined },
    send: (text: string) => controller?.enqueue(new TextEncoder().encode(text)),
    end: () => controller?.close(),
    breakOff: () => controller?.error(new Error('aborted')),
  }
}

const sent = (...chunks: readonly string[]) => {
  const { incoming, send, end } = sender()
  for (const chunk of chunks) send(chunk)
  end()
  return incoming
}
const same = async (body: string) => body

describe('bodies', () => {
  it('are whole, however they are cut', async () => {
    const bodies = createBodies(limits)
    const bytes = new TextEncoder().encode('{"ä":"€"}')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect(await bodies.read({ body, declared: String(bytes.length) }, same)).toBe('{"ä":"€"}')
    expect(await bodies.read({ body: null, declared: undefined }, same)).toBe('')
    expect(await bodies.read(sent('x'.repeat(100)), same)).toHaveLength(100)
  })

  it('that are too large are refused: unread when they say so, else as soon as they are', async () => {
    const bodies = createBodies(limits)
    const { incoming, send } = sender()
    const declared = bodies.read({ ...incoming, declared: '101' }, same)
    await expect(declared).rejects.toThrow(WebhookTooLarge)
    const undeclared = bodies.read(incoming, same)
    send('x'.repeat(60))
    send('x'.repeat(60))
    await expect(undeclared).rejects.toThrow(WebhookTooLarge)
  })

  it('that break off are used by nobody', async () => {
    const { incoming, send, breakOff } = sender()
    const read = createBodies(limits).read(incoming, async () => expect.unreachable())
    send('{}')
    breakOff()
    await expect(read).rejects.toThrow(WebhookRejected)
  })

  it('have no more memory together than there is; small ones come through all the same', async () => {
    const bodies = createBodies(limits)
    const held = [sender(), sender()]
    const reads = held.map(({ incoming }) => bodies.read(incoming, same))
    held[0]?.send('x'.repeat(80))
    held[1]?.send('x'.repeat(80))
    await expect(bodies.read(sent('x'.repeat(30)), same)).rejects.toThrow(NetworkError)
    expect(await bodies.read(sent('x'.repeat(10)), same)).toHaveLength(10)
    held[0]?.end()
    held[1]?.breakOff()
    expect((await Promise.allSettled(reads)).map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
    ])
    expect(await bodies.read(sent('x'.repeat(100)), same)).toHaveLength(100)
  })

  it('keep their memory as long as they are used', async () => {
    const bodies = createBodies(limits)
    await bodies.read(sent('x'.repeat(100)), async () => {
      await expect(bodies.read(sent('x'.repeat(100)), same)).rejects.toThrow(NetworkError)
    })
    expect(await bodies.read(sent('x'.repeat(100)), same)).toHaveLength(100)
  })
})
