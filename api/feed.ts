import type { ApplicationChange, ApplicationIndex } from '../clients/applications.ts'
import { NetworkError } from '../core/errors.ts'
import type { ApplicationRef } from '../core/flow.ts'

/** One watch told to many listeners, and a short memory of it for those who come back. */
export type Feed = {
  /** Calls for each change from now on; the function that is returned ends it. */
  listen(listener: (change: FeedChange) => void): () => void
  /** The applications that changed after this position; undefined when that is not known (any more). */
  since(position: string): readonly FeedEntry[] | undefined
  /** The newest resourceVersion that was seen; NetworkError before the first list is in. */
  position(): string
}
export type FeedEntry = { readonly ref: ApplicationRef; readonly position: string }
export type FeedChange = FeedEntry & Pick<ApplicationChange, 'application'>

const remembered = 10_000

/**
 * Positions are resourceVersions. A deletion has the newest one that was known then: whoever comes
 * back may see it twice, and never misses it.
 */
export function createFeed(applications: Pick<ApplicationIndex, 'subscribe' | 'synced'>): Feed {
  const listeners = new Set<(change: FeedChange) => void>()
  let newest = 0
  // what changed is known from `start` on only
  let start = Number.POSITIVE_INFINITY
  let isRead = false
  let log: FeedEntry[] = []
  void applications.synced.then(() => {
    isRead = true
    if (newest > 0) start = newest
    log = []
  })
  applications.subscribe(({ ref, application }) => {
    const version = application === undefined ? newest : versionOf(application.object.metadata)
    if (isRead && start === Number.POSITIVE_INFINITY) start = version
    newest = Math.max(newest, version)
    const position = String(version)
    log.push({ ref, position })
    if (log.length > 2 * remembered) {
      start = Number(log[remembered - 1]?.position)
      log = log.slice(remembered)
    }
    for (const listener of listeners) listener({ ref, application, position })
  })
  return {
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    since(position) {
      const version = Number(position)
      if (!(version >= start && version <= newest)) return undefined
      const exact = log.findIndex((entry) => entry.position === position)
      if (exact >= 0) return log.slice(exact + 1)
      const later = log.findIndex((entry) => Number(entry.position) > version)
      return later < 0 ? [] : log.slice(later)
    },
    position() {
      if (isRead) return String(newest)
      throw new NetworkError('the Applications are not read yet; try again in a moment')
    },
  }
}

function versionOf({ resourceVersion }: { readonly resourceVersion?: string }): number {
  return Number(resourceVersion ?? 0)
}
