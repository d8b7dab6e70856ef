import { LRUCache } from 'lru-cache'
import { TooManyAttemptsError } from './refusal.ts'

/** Keeps passwords from being guessed (AUTH-05). */
export type LoginLimit = {
  /** Runs one attempt, or throws TooManyAttemptsError without running it. */
  attempt<T>(username: string, check: () => Promise<T | undefined>): Promise<T | undefined>
}

const maxFailures = 5
const windowMs = 300_000
const maxUsernames = 1_000
// one check costs about 60 ms of CPU
const maxConcurrent = 8

/** Five failures per username in five minutes; usernames that do not exist are counted just the same. */
export function createLoginLimit(now: () => number): LoginLimit {
  const failures = new LRUCache<string, readonly number[]>({ max: maxUsernames })
  let running = 0
  return {
    async attempt(username, check) {
      const since = now() - windowMs
      const recent = (failures.get(username) ?? []).filter((at) => at > since)
      if (recent.length >= maxFailures || running >= maxConcurrent) {
        throw new TooManyAttemptsError(
          'too many attempts to log in; wait five minutes after the last failure and try again',
        )
      }
      // counted before the check, so that attempts at the same time count as well
      failures.set(username, [...recent, now()])
      running++
      try {
        const found = await check()
        if (found !== undefined) failures.delete(username)
        return found
      } finally {
        running--
      }
    },
  }
}
