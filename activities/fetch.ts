import type { StoredApplication } from '../clients/applications.ts'
import { hasSources, projectOf, sourcesOf } from '../core/application.ts'
import { GitAccessError, NetworkError } from '../core/errors.ts'
import type { ApplicationRef, Fetched, OperationRequest } from '../core/flow.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { requestedApplication } from './current.ts'
import { type Inputs, inputsOf } from './inputs.ts'
import type { Repositories } from './repositories.ts'
import { infoOf, refreshSource } from './sources.ts'

export type FetchInput = {
  readonly application: ApplicationRef
  readonly specDigest: string
  /** Epoch ms: the mirror must show what the repository had then or later; 0 for what it shows now. */
  readonly freshSince: number
  /** Whether what is known is better than nothing while the sources cannot be read: something drifted. */
  readonly orKnown?: boolean
  readonly request?: OperationRequest
}

/**
 * Resolves the application's revisions; mirrors and charts are brought up to date first when they are
 * too old. Without a wish for news a repository is only asked for what is not here at all.
 */
export function createFetch(clients: ActivityClients, repositories: Repositories) {
  return async (input: FetchInput): Promise<Fetched> => {
    const { application: ref, specDigest, freshSince, request, orKnown } = input
    const current = await requestedApplication(clients.applications, ref, specDigest, request)
    try {
      return await resolve(current, freshSince)
    } catch (error) {
      const isAway = error instanceof GitAccessError || error instanceof NetworkError
      if (orKnown !== true || !isAway || freshSince === 0) throw error
      const { name: type, message, retryable } = error
      return { ...(await resolve(current, 0)), trouble: { type, message, retryable } }
    }
  }

  async function resolve(current: StoredApplication, freshSince: number): Promise<Fetched> {
    const { application } = current
    const project = projectOf(application)
    const sources = sourcesOf(application)
    const wantsNews = freshSince > 0
    const refreshed = wantsNews ? sources : []
    await Promise.all(
      refreshed.map((source) => refreshSource(clients, repositories, project, source, freshSince)),
    )
    const { commits, inputs } = await inputsOrLast(clients, current, !wantsNews)
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

/**
 * What no news is wanted for, as a self-heal, goes on with the commits that were compared last when
 * the revision has none any more: a branch that was deleted undoes nothing.
 */
async function inputsOrLast(
  clients: ActivityClients,
  current: StoredApplication,
  orLast: boolean,
): Promise<Inputs> {
  try {
    return await inputsOf(clients, current)
  } catch (error) {
    const last = orLast && error instanceof GitAccessError ? lastCompared(current) : undefined
    if (last === undefined) throw error
    return await inputsOf(clients, current, last)
  }
}

function lastCompared({
  object,
  application,
  specDigest,
}: StoredApplication): readonly string[] | undefined {
  const { sync, driftless } = statusOf(object)
  if (driftless?.specDigest !== specDigest || sync?.revision === undefined) return undefined
  const commits = sync.revisions ?? [sync.revision]
  return commits.length === sourcesOf(application).length ? commits : undefined
}
