import { setTimeout as delay } from 'node:timers/promises'
import { CommandEnd } from '../exit.ts'
import type { ApplicationView } from './application-view.ts'
import { eventsOf, type StreamEvent } from './event-stream.ts'
import { type Remote, RemoteRefusal } from './remote.ts'

const retryMs = 500

export type Wait = {
  /** Undefined: the application is gone. */
  readonly reached: (application: ApplicationView | undefined) => boolean
  /** Called with each state that is seen. */
  readonly show?: (application: ApplicationView | undefined) => void
  /** What is waited for, in the message when it does not come. */
  readonly what: string
  /** Zero waits for ever. */
  readonly timeoutSeconds: number
}

/** Follows the application until it is what is waited for; a server that restarts meanwhile is no harm. */
export async function waitForApplication(
  remote: Remote,
  name: string,
  { reached, show, what, timeoutSeconds }: Wait,
): Promise<ApplicationView | undefined> {
  const timeout = timeoutSeconds === 0 ? undefined : AbortSignal.timeout(timeoutSeconds * 1000)
  const enough = new AbortController()
  const signals = [enough.signal, ...(timeout === undefined ? [] : [timeout])]
  try {
    for await (const application of states(remote, name, AbortSignal.any(signals))) {
      show?.(application)
      if (reached(application)) return application
    }
  } finally {
    enough.abort()
  }
  throw new CommandEnd(`${name} is not ${what} after ${timeoutSeconds} s`)
}

async function* states(
  remote: Remote,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<ApplicationView | undefined> {
  let position: string | undefined
  while (!signal.aborted) {
    try {
      const response = await remote.open('/api/v1/stream/applications', {
        ...{ query: { name }, signal },
        headers: { ...(position !== undefined && { 'last-event-id': position }) },
      })
      for await (const event of eventsOf(response)) {
        position = event.id ?? position
        yield await stateOf(remote, name, event)
      }
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof RemoteRefusal && error.status < 500) throw error
    }
    await delay(retryMs, undefined, { signal }).catch(() => undefined)
  }
}

/** A stream that begins anew says nothing of what is gone: that is asked for. */
async function stateOf(
  remote: Remote,
  name: string,
  { event, data = '{}' }: StreamEvent,
): Promise<ApplicationView | undefined> {
  if (event === 'reset') return await readApplication(remote, name)
  const { result } = JSON.parse(data) as {
    result: { type: string; application: ApplicationView }
  }
  return result.type === 'DELETED' ? undefined : result.application
}

/** The application as it is now; undefined when there is none. */
export async function readApplication(
  remote: Remote,
  name: string,
): Promise<ApplicationView | undefined> {
  try {
    return await remote.call('GET', `/api/v1/applications/${encodeURIComponent(name)}`)
  } catch (error) {
    if (error instanceof RemoteRefusal && error.status === 404) return undefined
    throw error
  }
}
