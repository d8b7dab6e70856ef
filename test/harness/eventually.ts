import { setTimeout as delay } from 'node:timers/promises'

/**
 * Asks again and again until the answer is what the test waits for, and gives that answer.
 * Fails with the last answer when it does not come in time.
 */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  accept: (answer: T) => boolean,
  patienceMs = 30_000,
  pollMs = 50,
): Promise<T> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const answer = await ask()
    if (accept(answer)) return answer
    if (Date.now() > deadline) {
      throw new Error(
        `not after ${patienceMs / 1000} s; last seen: ${JSON.stringify(answer, undefined, 1)}`,
      )
    }
    await delay(pollMs)
  }
}
