import type { ApplicationIndex } from '../clients/applications.ts'
import { repositoriesOf } from '../core/application.ts'
import { repositoryKey } from '../core/event/repository-key.ts'
import type { Look } from '../core/flow.ts'

export type PollerOptions = {
  readonly applications: ApplicationIndex
  readonly look: (url: string, look: Look) => Promise<void>
  readonly now: () => number
  /** Asked before each wait; 0 means that nothing is looked at for now. */
  readonly intervalMs: () => number
  readonly onError: (error: unknown) => void
}

// repositories that start together must not stay together
const jitter = 0.2

/**
 * The net under the webhooks: looks at each repository in use once per interval, not per
 * application. The first look is soon after the start: pushes may have come while nobody listened.
 */
export function startPoller({
  applications,
  look,
  now,
  intervalMs,
  onError,
}: PollerOptions): () => void {
  const timers = new Map<string, NodeJS.Timeout>()
  const inUse = (): Map<string, string> =>
    new Map(
      applications
        .all()
        .flatMap(({ application }) =>
          repositoriesOf(application).map((url) => [repositoryKey(url), url] as const),
        ),
    )
  const schedule = (name: string, delayMs: number): void => {
    timers.set(
      name,
      setTimeout(() => {
        const url = inUse().get(name)
        timers.delete(name)
        if (url === undefined || intervalMs() === 0) return
        look(url, { reason: 'poll', at: now() }).catch(onError)
        schedule(name, intervalMs() * (1 + (Math.random() - 0.5) * jitter))
      }, delayMs),
    )
  }
  let waitedMs = intervalMs()
  const begin = (firstMs: number): void => {
    if (intervalMs() !== waitedMs) {
      // the interval was changed: nobody waits for the old one to pass
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
      waitedMs = intervalMs()
    }
    if (waitedMs === 0) return
    for (const name of inUse().keys()) if (!timers.has(name)) schedule(name, firstMs)
  }
  begin(500)
  // an Application that is new has just been looked at because of its spec
  const finding = setInterval(() => begin(intervalMs()), 5_000)
  return () => {
    clearInterval(finding)
    for (const timer of timers.values()) clearTimeout(timer)
  }
}
