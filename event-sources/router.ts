import type { ApplicationIndex } from '../clients/applications.ts'
import { repositoriesOf } from '../core/application.ts'
import { isGitPush, type PlatformEvent } from '../core/event/event.ts'
import { repositoryKey } from '../core/event/repository-key.ts'
import type { Look } from '../core/flow.ts'

export type RouterOptions = {
  readonly applications: ApplicationIndex
  readonly look: (url: string, look: Look) => Promise<void>
  readonly now: () => number
  /** Settles when it is told; until then the event is not over. */
  readonly tell: (decision: RouterDecision) => Promise<void>
}

/** What became of one event, for the log and for `explain`. */
export type RouterDecision = {
  readonly event: string
  readonly decision: 'looked' | 'ignored'
  readonly reason: string
}

/**
 * Event → look at the repository. It does no Git: an event says "look", never "deploy this",
 * so duplicates, old and forged events are harmless.
 */
export function createRouter({ applications, look, now, tell }: RouterOptions) {
  return async (event: PlatformEvent): Promise<void> => {
    if (!isGitPush(event)) {
      await tell({
        event: event.id,
        decision: 'ignored',
        reason: `nothing listens to ${event.type}`,
      })
      return
    }
    const { repositories, ref, after } = event.data
    const named = new Set(repositories.map(repositoryKey))
    const tracked = new Map(
      applications
        .all()
        .flatMap(({ application }) => repositoriesOf(application))
        .map((url) => [repositoryKey(url), url] as const)
        .filter(([name]) => named.has(name)),
    )
    if (tracked.size === 0) {
      const reason = `no Application uses ${repositories[0] ?? 'the repository'}`
      await tell({ event: event.id, decision: 'ignored', reason })
      return
    }
    for (const url of tracked.values()) {
      const deleted = /^0+$/.test(after)
      await look(url, {
        reason: event.replay === undefined ? 'push' : 'replay',
        at: now(),
        event: event.id,
        ref,
        ...(!deleted && { commit: after }),
      })
    }
    await tell({
      event: event.id,
      decision: 'looked',
      reason: `${[...tracked.keys()].join(', ')} is used`,
    })
  }
}
