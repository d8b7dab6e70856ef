import type { StoredApplication } from '../clients/applications.ts'
import type { ApplicationRef } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { FeedChange } from './feed.ts'
import { shown } from './find-application.ts'

/** What a stream says of one application (API-18). */
export type StreamEvent = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly application: Manifest
  readonly position: string
}

/**
 * What one reader has to be told. Of an application that changes faster than it reads only the newest
 * state waits, so that nothing grows without bound; the order is that of the last changes.
 */
export type Subscriber = {
  push(change: FeedChange): void
  /** The next event; undefined when `ms` pass without one, or it was closed. */
  next(ms: number): Promise<StreamEvent | undefined>
  close(): void
}

export function createSubscriber(
  matches: (application: StoredApplication) => boolean,
  /** What the reader knows already. */
  known: Iterable<ApplicationRef> = [],
): Subscriber {
  const told = new Set([...known].map(nameOf))
  const waiting = new Map<string, FeedChange>()
  let wake = Promise.withResolvers<void>()
  let closed = false
  const take = (): StreamEvent | undefined => {
    for (const [name, change] of waiting) {
      waiting.delete(name)
      const event = eventOf(change)
      if (event !== undefined) return event
    }
    return undefined
  }
  const eventOf = ({ ref, application, position }: FeedChange): StreamEvent | undefined => {
    const name = nameOf(ref)
    if (application !== undefined && matches(application)) {
      const type = told.has(name) ? 'MODIFIED' : 'ADDED'
      told.add(name)
      return { type, application: shown(application.object), position }
    }
    return told.delete(name) ? { type: 'DELETED', application: goneOf(ref), position } : undefined
  }
  return {
    push(change) {
      const name = nameOf(change.ref)
      waiting.delete(name)
      waiting.set(name, change)
      wake.resolve()
    },
    async next(ms) {
      const until = Date.now() + ms
      for (;;) {
        const event = take()
        const leftMs = until - Date.now()
        if (event !== undefined || closed || leftMs <= 0) return event
        wake = Promise.withResolvers<void>()
        const timer = setTimeout(wake.resolve, leftMs)
        await wake.promise
        clearTimeout(timer)
      }
    },
    close() {
      closed = true
      wake.resolve()
    },
  }
}

function nameOf({ namespace, name }: ApplicationRef): string {
  return `${namespace}/${name}`
}

function goneOf({ namespace, name, uid }: ApplicationRef): Manifest {
  const metadata = { namespace, name, uid }
  return { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata }
}
