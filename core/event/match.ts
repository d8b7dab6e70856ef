import { type Application, repositoriesOf } from '../application.ts'
import type { GitPush } from './event.ts'
import { repositoryKey } from './repository-key.ts'

/** Whether the application deploys from this repository; host and path as `repositoryKey` gives them. */
export function isTrackedBy(application: Application, repository: string): boolean {
  return repositoryKeysOf(application).includes(repository)
}

/** Host and path of the repositories that the application deploys from. */
function repositoryKeysOf(application: Application): readonly string[] {
  return [...new Set(repositoriesOf(application).map(repositoryKey))]
}

/**
 * Why a push does not concern the application; undefined when it is of its repository, so that only
 * a look at Git can tell.
 */
export function whyNotMatched(application: Application, { data }: GitPush): string | undefined {
  const pushed = [...new Set(data.repositories.map(repositoryKey))]
  const mine = repositoryKeysOf(application)
  if (mine.some((repository) => pushed.includes(repository))) return undefined
  return `it deploys from ${mine.join(' and ') || 'no Git repository'}, the push is to ${pushed.join(', ')}`
}
