import pLimit from 'p-limit'
import type { ApplicationIndex } from '../clients/applications.ts'
import { projectOf } from '../core/application.ts'
import type { ApplicationRef, Wake } from '../core/flow.ts'
import { retryForever } from './retry.ts'

export type ProjectWatchOptions = {
  readonly applications: Pick<ApplicationIndex, 'all' | 'subscribeProjects'>
  readonly wake: (ref: ApplicationRef, wake: Wake) => Promise<void>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

const parallelWakes = 24

/**
 * Lets the Applications of a project be looked at again when it changes. Every worker does it, each
 * when its own watch has the change: whichever of them decides, the last wake finds the new project.
 */
export function startProjectWatch({ applications, wake, now, onError }: ProjectWatchOptions): void {
  const limit = pLimit(parallelWakes)
  applications.subscribeProjects((name) => {
    for (const { application, ref } of applications.all()) {
      if (projectOf(application) !== name) continue
      void limit(() => retryForever(() => wake(ref, { reason: 'spec', at: now() }), onError))
    }
  })
}
