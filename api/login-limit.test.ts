import { describe, expect, it } from 'vitest'
import { createLoginLimit } from './login-limit.ts'
import { TooManyAttemptsError } from './refusal.ts'

const wrong = async () => undefined
const right = async () => 'admin'

describe('the limit of logins (AUTH-05)', () => {
  it('lets a user in again five minutes after the failures', async () => {
    let now = 0
    const limit = createLoginLimit(() => now)
    for (let attempt = 0; attempt < 5; attempt++) await limit.attempt('admin', wrong)
    await expect(limit.attempt('admin', right)).rejects.toThrow(TooManyAttemptsError)
    expect(await limit.attempt('kim', right)).toBe('admin')
    now = 300_001
    expect(await limit.attempt('admin', right)).toBe('admin')
  })

  it('counts attempts at the same time', async () => {
    const limit = createLoginLimit(() => 0)
    const attempts = Array.from({ length: 7 }, () => limit.attempt('admin', wrong))
    const outcomes = await Promise.allSettled(attempts)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(2)
  })

  it('forgets the failures after a success', async () => {
    const limit = createLoginLimit(() => 0)
    for (let attempt = 0; attempt < 4; attempt++) await limit.attempt('admin', wrong)
    await limit.attempt('admin', right)
    for (let attempt = 0; attempt < 4; attempt++) await limit.attempt('admin', wrong)
    expect(await limit.attempt('admin', right)).toBe('admin')
  })
})
