import { expect, it } from 'vitest'
import { NetworkError, PermissionError } from '../../core/errors.ts'
import { withBreaker } from './breaker.ts'

type Answer = () => Promise<unknown>
const silent: Answer = async () => {
  throw new NetworkError('the cluster stage does not answer: timeout', {
    cause: new Error('timeout'),
  })
}
const refused: Answer = async () => {
  throw new PermissionError('no')
}

/** A server of which a test decides what it answers, on a clock that the test sets. */
function open() {
  const world = { now: 0, asked: 0, answer: silent }
  const transport = withBreaker(
    {
      server: 'https://stage',
      async request<T>() {
        world.asked++
        return (await world.answer()) as T
      },
      stream: () => Promise.reject(new Error('nobody watches here')),
      close: async () => undefined,
    },
    () => world.now,
  )
  return { world, ask: () => transport.request('/version') }
}

it('leaves a server alone that does not answer, and says when it is asked again', async () => {
  const { world, ask } = open()
  await expect(ask()).rejects.toThrow('timeout')
  await expect(ask()).rejects.toThrow('timeout; it is asked again in 1 s')
  expect(world.asked).toBe(1)
  world.now = 1_000
  await expect(ask()).rejects.toThrow('timeout')
  world.now = 2_000
  await expect(ask()).rejects.toThrow('it is asked again in 1 s')
  expect(world.asked).toBe(2)
})

it('sends one request when the pause is over, and goes on at once when that is answered', async () => {
  const { world, ask } = open()
  await expect(ask()).rejects.toThrow(NetworkError)
  world.now = 1_000
  const answered = Promise.withResolvers<unknown>()
  world.answer = () => answered.promise
  const probe = ask()
  await expect(ask()).rejects.toThrow('it is asked again now')
  answered.resolve({ gitVersion: 'v1' })
  await expect(probe).resolves.toEqual({ gitVersion: 'v1' })
  await expect(ask()).resolves.toEqual({ gitVersion: 'v1' })
})

it('does not wait longer because many failed together', async () => {
  const { world, ask } = open()
  await Promise.allSettled([ask(), ask(), ask(), ask()])
  world.now = 1_000
  world.answer = async () => 'back'
  await expect(ask()).resolves.toBe('back')
})

it('learns nothing from a request that was given up', async () => {
  const { world, ask } = open()
  await expect(ask()).rejects.toThrow('timeout')
  world.now = 1_000
  world.answer = async () => {
    throw new NetworkError('given up', { cause: new DOMException('no patience', 'TimeoutError') })
  }
  await expect(ask()).rejects.toThrow('given up')
  world.answer = silent
  await expect(ask()).rejects.toThrow('timeout')
  await expect(ask()).rejects.toThrow('it is asked again in 2 s')
})

it('takes a refusal for an answer', async () => {
  const { world, ask } = open()
  world.answer = refused
  await expect(ask()).rejects.toThrow(PermissionError)
  await expect(ask()).rejects.toThrow(PermissionError)
  expect(world.asked).toBe(2)
})
