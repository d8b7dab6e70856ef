import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Wake, WakeReason } from '../core/flow.ts'
import { createInbox } from './inbox.ts'

const reasons = [
  'spec',
  'push',
  'poll',
  'start',
  'refresh',
  'drift',
  'health',
  'delete',
  'operation',
  'terminate',
  'confirm',
] as const satisfies readonly WakeReason[]
const wake = (reason: WakeReason, at = 0): Wake => ({ reason, at })
const holding = (...held: readonly WakeReason[]) => createInbox(held.map((reason) => wake(reason)))

describe('the wakes of an application run', () => {
  it('are taken once each, in the order in which they came', () => {
    const step = fc.oneof(fc.constantFrom(...reasons), fc.constant('take' as const))
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...reasons)), fc.array(step), (pending, steps) => {
        const given: Wake[] = pending.map((reason, index) => wake(reason, index))
        const inbox = createInbox([...given])
        const taken: Wake[] = []
        for (const next of steps) {
          if (next === 'take') {
            taken.push(...inbox.take())
            expect(inbox.isEmpty()).toBe(true)
          } else {
            const came = wake(next, given.length)
            given.push(came)
            inbox.receive(came)
          }
        }
        expect([...taken, ...inbox.take()]).toEqual(given)
      }),
    )
  })

  it('lose news of health only, when it is to be looked at', () => {
    const inbox = holding('push', 'health', 'drift', 'health')
    expect(inbox.hasHealth()).toBe(true)
    inbox.clearHealth()
    expect(inbox.hasHealth()).toBe(false)
    expect(inbox.take().map(({ reason }) => reason)).toEqual(['push', 'drift'])
  })

  it('that are handed over by the run before are not changed', () => {
    const pending = [wake('push')]
    const inbox = createInbox(pending)
    inbox.receive(wake('drift'))
    inbox.take()
    expect(pending).toEqual([wake('push')])
  })
})

describe('what an operation gives way to', () => {
  const overtaking = (policy?: Parameters<ReturnType<typeof createInbox>['hasWork']>[0]) =>
    reasons.filter((reason) => holding(reason).hasWork(policy))

  it('is everything but what it may wait for itself, where newer work replaces', () => {
    const all = reasons.filter((reason) => reason !== 'health' && reason !== 'confirm')
    expect(overtaking()).toEqual(all)
    expect(overtaking('replace')).toEqual(all)
  })

  it('is only its deletion or termination, where it is to finish', () => {
    expect(overtaking('finish')).toEqual(['delete', 'terminate'])
    expect(overtaking('queue')).toEqual(['delete', 'terminate'])
    expect(reasons.filter((reason) => holding(reason).hasEnd())).toEqual(['delete', 'terminate'])
  })

  it('is nothing when nothing came', () => {
    expect(createInbox().hasWork()).toBe(false)
    expect(createInbox().hasEnd()).toBe(false)
  })
})
