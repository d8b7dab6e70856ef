import { hasSources, projectOf, repositoriesOf, sourcesOf } from '../core/application.ts'
import type { ApplicationRef, Fetched, OperationRequest } from '../core/flow.ts'
import type { ActivityClients } from './clients.ts'
import { requestedApplication } from './current.ts'
import { inputsOf } from './inputs.ts'
import type { Repositories } from './repositories.ts'

export type FetchInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  /** Epoch ms: the mirror must show what the repository had then or later. */
  readonly freshSince: number
  readonly request?: OperationRequest
}

/** Resolves the application's revision; the mirror is brought up to date first when it is too old. */
export function createFetch(
  { applications, git: all }: ActivityClients,
  repositories: Repositories,
) {
  return async ({
    application: ref,
    specDigest,
    freshSince,
    request,
  }: FetchInput): Promise<Fetched> => {
    const current = await requestedApplication(applications, ref, specDigest, request)
    const { application } = current
    const git = all.of(projectOf(application))
    const urls = repositoriesOf(application)
    await Promise.all(urls.map((url) => repositories.ensureFresh(git, url, freshSince)))
    const { commits, inputs } = await inputsOf(git, current)
    const [revision = ''] = commits
    const [first] = sourcesOf(application)
    const { subject, author } = await git.commitInfo(first?.repoURL ?? '', revision)
    const revisions = hasSources(application) ? { revisions: commits } : {}
    return { revision, ...revisions, inputs, subject, author }
  }
}
