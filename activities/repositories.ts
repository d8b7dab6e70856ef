import type { Git } from '../clients/git.ts'
import { repositoryKey } from '../core/event/repository-key.ts'

/** Knows how fresh the mirrors are, so that one look at a repository serves everybody who waits for it. */
export type Repositories = {
  /** Settles when the mirror shows what the repository had at `since` (epoch ms) or later. */
  ensureFresh(url: string, since: number): Promise<void>
}

type Look = { readonly startedAt: number; readonly done: Promise<void> }

export function createRepositories(git: Git, now: () => number): Repositories {
  const fresh = new Map<string, number>()
  const running = new Map<string, Look>()

  const look = (url: string, name: string): Promise<void> => {
    const startedAt = now()
    const done = git.fetch({ url }).then(() => {
      fresh.set(name, startedAt)
    })
    const mine: Look = { startedAt, done }
    running.set(name, mine)
    const forget = (): void => {
      if (running.get(name) === mine) running.delete(name)
    }
    done.then(forget, forget)
    return done
  }
  return {
    async ensureFresh(url, since) {
      const name = repositoryKey(url)
      if ((fresh.get(name) ?? -1) >= since) return
      const current = running.get(name)
      await (current !== undefined && current.startedAt >= since ? current.done : look(url, name))
    },
  }
}
