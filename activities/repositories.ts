import type { Git } from '../clients/git.ts'

/** Knows how fresh the mirrors are, so that one look at a repository serves everybody who waits for it. */
export type Repositories = {
  /**
   * Settles when the mirror shows what the repository had at `since` (epoch ms) or later; fails as
   * a look after `since` has just failed.
   */
  ensureFresh(git: Git, url: string, since: number): Promise<void>
}

type Look = { readonly startedAt: number; readonly done: Promise<void> }

type Failure = { readonly startedAt: number; readonly at: number; readonly error: unknown }

// shorter than the first pause of an operation that is repeated: its repetition looks again
const failureCountsMs = 5_000

export function createRepositories(now: () => number): Repositories {
  const fresh = new Map<string, number>()
  const running = new Map<string, Look>()
  const failures = new Map<string, Failure>()

  const look = (git: Git, url: string, mirror: string): Promise<void> => {
    const startedAt = now()
    const done = git.fetch({ url }).then(
      () => {
        fresh.set(mirror, startedAt)
        failures.delete(mirror)
      },
      (error: unknown) => {
        failures.set(mirror, { startedAt, at: now(), error })
        throw error
      },
    )
    const mine: Look = { startedAt, done }
    running.set(mirror, mine)
    const forget = (): void => {
      if (running.get(mirror) === mine) running.delete(mirror)
    }
    done.then(forget, forget)
    return done
  }
  return {
    async ensureFresh(git, url, since) {
      const mirror = await git.mirrorName(url)
      // a time to come was told by a clock that was set back since
      const known = fresh.get(mirror) ?? -1
      if (known >= since && known <= now()) return
      // a server that hangs costs a look, not one for each application that uses it
      const failure = failures.get(mirror)
      if (failure !== undefined && failure.startedAt >= since) {
        if (Math.abs(now() - failure.at) < failureCountsMs) throw failure.error
      }
      const current = running.get(mirror)
      const isEnough = current !== undefined && current.startedAt >= since
      await (isEnough ? current.done : look(git, url, mirror))
    },
  }
}
