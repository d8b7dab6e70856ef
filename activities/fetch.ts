import { hasSources, projectOf, sourcesOf } from '../core/application.ts'
import type { ApplicationRef, Fetched, OperationRequest } from '../core/flow.ts'
import type { ActivityClients } from './clients.ts'
import { requestedApplication } from './current.ts'
import { inputsOf } from './inputs.ts'
import type { Repositories } from './repositories.ts'
import { infoOf, refreshSource } from './sources.ts'

export type FetchInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  /** Epoch ms: the mirror must show what the repository had then or later. */
  readonly freshSince: number
  readonly request?: OperationRequest
}

/** Resolves the application's revisions; mirrors and charts are brought up to date first when they are too old. */
export function createFetch(clients: ActivityClients, repositories: Repositories) {
  return async ({
    application: ref,
    specDigest,
    freshSince,
    request,
  }: FetchInput): Promise<Fetched> => {
    const current = await requestedApplication(clients.applications, ref, specDigest, request)
    const { application } = current
    const project = projectOf(application)
    const sources = sourcesOf(application)
    await Promise.all(
      sources.map((source) => refreshSource(clients, repositories, project, source, freshSince)),
    )
    const { commits, inputs } = await inputsOf(clients, current)
    const [revision = ''] = commits
    const revisions = hasSources(application) ? { revisions: commits } : {}
    return {
      revision,
      ...revisions,
      inputs,
      ...(await infoOf(clients, project, sources[0], revision)),
    }
  }
}
