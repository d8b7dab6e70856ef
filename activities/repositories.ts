import type { Git } from '../clients/git.ts'

/** Knows how fresh the mirrors are, so that one look at a repository serves everybody who waits for it. */
export type Repositories = {
  /** Settles when the mirror shows what the repository had at `since` (epoch ms) or later. */
  ensureFresh(git: Git, url: string, since: number): Promise<void>
}

type Look = { readonly startedAt: number; readonly done: Promise<void> }

export function createRepositories(now: () => number): Repositories {
  const fresh = new Map<string, number>()
  const running = new Map<string, Look>()

  const look = (git: Git, url: string, mirror: string): Promise<void> => {
    const startedAt = now()
    const done = git.fetch({ url }).then(() => {
      fresh.set(mirror, startedAt)
    })
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
      if ((fresh.get(mirror) ?? -1) >= since) return
      const current = running.get(mirror)
      const isEnough = current !== undefined && current.startedAt >= since
      await (isEnough ? current.done : look(git, url, mirror))
    },
  }
}
