import { type Application, sourceOf } from '../application.ts'
import type { GitPush } from './event.ts'
import { repositoryKey } from './repository-key.ts'

/** Whether the application deploys from this repository; host and path as `repositoryKey` gives them. */
export function isTrackedBy(application: Application, repository: string): boolean {
  return repositoryOf(application) === repository
}

/** Host and path of the repository that the application deploys from; empty when it names none. */
export function repositoryOf(application: Application): string {
  return repositoryKey(sourceOf(application)?.repoURL ?? '')
}

/**
 * Why a push does not concern the application; undefined when it is of its repository, so that only
 * a look at Git can tell.
 */
export function whyNotMatched(application: Application, { data }: GitPush): string | undefined {
  const pushed = [...new Set(data.repositories.map(repositoryKey))]
  const mine = repositoryOf(application)
  if (pushed.includes(mine)) return undefined
  return `it deploys from ${mine || 'no Git repository'}, the push is to ${pushed.join(', ')}`
}
