import type { StoredApplication } from '../clients/applications.ts'
import { type GitSource, isChart, projectOf, sourcesIn } from '../core/application.ts'
import { repositoryKey } from '../core/event/repository-key.ts'
import type { ActivityClients } from './clients.ts'
import type { Repositories } from './repositories.ts'
import { chartOf, refreshSource } from './sources.ts'

/** One way to a repository, and the applications that go it. */
export type Address = {
  readonly url: string
  readonly entries: readonly StoredApplication[]
  /** Settles when what we have of it is what it had at `since` (epoch ms) or later. */
  refresh(since: number): Promise<void>
  /** The commit of the default branch; empty where there is none. */
  head(): Promise<string>
  has(commit: string): Promise<boolean>
}

type Clients = Pick<ActivityClients, 'git' | 'charts'>
type Use = {
  readonly entry: StoredApplication
  readonly source: GitSource
  readonly project: string
}

/**
 * The ways to a repository that are in use: a project with credentials of its own goes its own way,
 * and so do the charts of a chart repository.
 */
export async function addressesOf(
  clients: Clients,
  repositories: Repositories,
  tracking: readonly StoredApplication[],
  repository: string,
): Promise<readonly Address[]> {
  const uses = tracking.flatMap((entry) =>
    sourcesIn(entry.application).flatMap(({ repoURL = '', ...source }): readonly Use[] => {
      if (repositoryKey(repoURL) !== repository) return []
      return [{ entry, source: { ...source, repoURL }, project: projectOf(entry.application) }]
    }),
  )
  const named = await Promise.all(
    uses.map(async (use) => ({ ...use, way: await wayOf(clients, use) })),
  )
  return [...Map.groupBy(named, ({ way }) => way).values()].flatMap((found) => {
    const [first] = found
    return first === undefined ? [] : [addressOf(clients, repositories, first, found)]
  })
}

async function wayOf({ git }: Clients, { source, project }: Use): Promise<string> {
  if (isChart(source)) return `charts ${project} ${source.repoURL}`
  return await git.of(project).mirrorName(source.repoURL)
}

function addressOf(
  clients: Clients,
  repositories: Repositories,
  { source, project }: Use,
  uses: readonly Use[],
): Address {
  const { repoURL: url } = source
  const entries = [...new Set(uses.map(({ entry }) => entry))]
  if (isChart(source)) {
    const asked = new Map(uses.map((use) => [JSON.stringify(chartOf(use.source)), use.source]))
    return {
      ...{ url, entries, head: async () => '', has: async () => false },
      async refresh(since) {
        // a chart that is not there is told by the applications that want it
        await Promise.allSettled(
          [...asked.values()].map((one) =>
            refreshSource(clients, repositories, project, one, since),
          ),
        )
      },
    }
  }
  const git = clients.git.of(project)
  return {
    ...{ url, entries },
    refresh: (since) => refreshSource(clients, repositories, project, source, since),
    head: async () => (await git.resolve(url, 'HEAD').catch(() => ({ commit: '' }))).commit,
    has: (commit) => git.has(url, commit),
  }
}
