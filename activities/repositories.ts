import type { Git } from '../clients/git.ts'

/** Knows how fresh the mirrors are, so that one look at a repository serves everybody who waits for it. */
export type Repositories = {
  /** Settles when the mirror shows what the repository had at `since` (epoch ms) or later. */
  ensureFresh(url: string, since: number): Promise<void>
}

type Look = { readonly startedAt: number; readonly done: Promise<void> }

export function createRepositories(git: Git, now: () => number): Repositories {
  const fresh = new Map<string, number>()
  const running = new Map<string, Look>()

  const look = (url: string): Promise<void> => {
    const startedAt = now()
    const done = git.fetch({ url }).then(() => {
      fresh.set(url, startedAt)
    })
    const mine: Look = { startedAt, done }
    running.set(url, mine)
    const forget = (): void => {
      if (running.get(url) === mine) running.delete(url)
    }
    done.then(forget, forget)
    return done
  }
  return {
    async ensureFresh(url, since) {
      if ((fresh.get(url) ?? -1) >= since) return
      const current = running.get(url)
      await (current !== undefined && current.startedAt >= since ? current.done : look(url))
    },
  }
}
