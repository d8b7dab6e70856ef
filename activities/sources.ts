import { posix } from 'node:path'
import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import {
  type Application,
  type ApplicationSource,
  type GitSource,
  isArtifact,
  isChart,
  isOnlyLent,
  projectOf,
  sourcesOf,
} from '../core/application.ts'
import { GitAccessError, InvalidSpecError } from '../core/errors.ts'
import type { BuildEnvironment } from '../core/render/environment.ts'
import { generatePaths, generatePathsAnnotation } from '../core/render/generate-paths.ts'
import { withNamedFiles } from '../core/render/helm.ts'
import { overrideFiles, withOverrides } from '../core/render/overrides.ts'
import { shortRevision } from '../core/short-revision.ts'
import { addressGuard } from './address-guard.ts'
import { environmentOf } from './build-environment.ts'
import type { FetchChart } from './chart-dependencies.ts'
import { chartFetcher } from './chart-fetcher.ts'
import { type Checkout, namesIn, textAt } from './checkout.ts'
import type { ActivityClients } from './clients.ts'
import { elsewhereFor } from './elsewhere.ts'
import { helmReads, type Lenders, type MayRead } from './helm-reads.ts'
import type { Elsewhere } from './kustomize-reads.ts'
import type { Repositories } from './repositories.ts'
import { readsOf, type SourceReads } from './source-reads.ts'

/** One source of an application at the commit that it means now. */
export type SourceAt = {
  /** With what files of the repository make of its parameters. */
  readonly source: GitSource
  readonly checkout: Checkout
  readonly environment: BuildEnvironment
  /** Absent for a source that renders nothing and only lends its files to the others (SRC-08). */
  readonly reads?: SourceReads
  /** Identity of the folder or the packed chart; empty when nothing is rendered. */
  readonly tree: string
  /** The paths that alone decide whether a commit is news, where the Application names them (SRC-17). */
  readonly watched?: readonly string[]
}

export type SourceClients = Pick<
  ActivityClients,
  'git' | 'charts' | 'plugins' | 'setting' | 'tools'
> & {
  readonly applications: Pick<ApplicationIndex, 'project' | 'namespace'>
}

/**
 * The sources of the application in their order. `commits` are those that they were resolved to
 * before; else the mirrors say what each revision is. Reads the mirrors,
 * and fetches a chart that is not at hand.
 */
export async function sourcesAt(
  clients: SourceClients,
  current: StoredApplication,
  commits?: readonly string[],
): Promise<readonly SourceAt[]> {
  const { application } = current
  const project = projectOf(application)
  const sources = sourcesOf(application)
  const checkouts = await Promise.all(
    sources.map((source, index) => checkoutOf(clients, project, source, commits?.[index])),
  )
  const lenders = new Map(
    sources.flatMap(({ ref: name }, index) => {
      const checkout = checkouts[index]
      return name && checkout ? [[name, checkout] as const] : []
    }),
  )
  const fetchChart = chartFetcher(clients, project)
  const mayRead = addressGuard(clients, project)
  const elsewhere = elsewhereFor(clients, project)
  const environment = environmentOf(current, clients.applications.namespace)
  return await Promise.all(
    sources.map((source, index) => {
      const checkout = checkouts[index]
      if (checkout === undefined) throw new InvalidSpecError('spec.sources: one has no commit')
      return sourceAt(clients, {
        ...{ source, checkout, lenders, fetchChart, elsewhere, mayRead, application },
        environment: environment(source, checkout.commit),
      })
    }),
  )
}

/** What a chart is asked for by. */
export function chartOf({ repoURL: url, chart = '', targetRevision = '', helm }: GitSource) {
  const passCredentials = helm?.passCredentials === true
  return { url, chart, version: targetRevision, ...(passCredentials && { passCredentials }) }
}

/** Settles when what we have of the source's repository is what it had at `since` or later. */
export async function refreshSource(
  { git, charts }: Pick<SourceClients, 'git' | 'charts'>,
  repositories: Repositories,
  project: string,
  source: GitSource,
  since: number,
): Promise<void> {
  if (isChart(source)) await charts.find(chartOf(source), project, since)
  else await repositories.ensureFresh(git.of(project), source.repoURL, since)
}

/** What the commit of a source is about, or which version of a chart it is. */
export async function infoOf(
  { git }: Pick<SourceClients, 'git'>,
  project: string,
  source: ApplicationSource | undefined,
  revision: string,
): Promise<{ readonly subject: string; readonly author: string }> {
  const { repoURL = '', chart } = source ?? {}
  if (source !== undefined && isChart(source))
    return { subject: `${chart || repoURL} ${revision}`, author: '' }
  return await git.of(project).commitInfo(repoURL, revision)
}

type At = Checkout & { readonly treeOf: (path: string) => Promise<string | undefined> }

async function checkoutOf(
  { git: all, charts }: SourceClients,
  project: string,
  source: GitSource,
  known: string | undefined,
): Promise<At> {
  const { repoURL: url, targetRevision = 'HEAD', tagPrefix } = source
  if (isChart(source)) {
    const ask = chartOf(source)
    const chart = await charts.find({ ...ask, version: known ?? ask.version }, project)
    const treeOf = isArtifact(source)
      ? async (path: string) => (await chart.tree.objectAt(url, chart.version, path))?.id
      : async () => chart.digest
    return { reader: chart.tree, url, commit: chart.version, treeOf }
  }
  const git = all.of(project)
  const commit = known ?? (await git.resolve(url, targetRevision, tagPrefix)).commit
  return { reader: git, url, commit, treeOf: (path) => git.treeHash(url, commit, path) }
}

type Place = {
  readonly source: GitSource
  readonly checkout: At
  /** The checkouts that value files name as `$name/path`. */
  readonly lenders: Lenders
  readonly fetchChart: FetchChart
  readonly elsewhere: Elsewhere
  readonly mayRead: MayRead
  readonly application: Application
  readonly environment: BuildEnvironment
}

async function sourceAt(clients: SourceClients, place: Place): Promise<SourceAt> {
  const { source, checkout, lenders, fetchChart, elsewhere, mayRead, application } = place
  const at = { checkout, environment: place.environment }
  if (isOnlyLent(source)) return { ...at, source, tree: '' }
  const { url, commit } = checkout
  const path = source.path ?? '.'
  const tree = (await checkout.treeOf(path)) ?? ''
  if (isChart(source) && !isArtifact(source)) {
    const named = withNamedFiles(source, place.environment)
    const found = await helmReads({ checkout, folder: '.', lenders, mayRead }, named)
    return { ...at, source: named, tree, reads: { tool: 'Helm', ...found } }
  }
  if (tree === '') {
    throw new GitAccessError(
      `the path ${path} does not exist in ${url} at ${shortRevision(commit)}; correct spec.source.path or add the folder`,
    )
  }
  const { appName } = place.environment
  const overridden = await overriddenSource(checkout, source, appName)
  const named = withNamedFiles(overridden, place.environment)
  const reads = await readsOf(clients, checkout, named, {
    lenders,
    fetchChart,
    elsewhere,
    mayRead,
  })
  const { annotations } = application.metadata
  const watched = generatePaths(annotations?.[generatePathsAnnotation], path)
  return { ...at, source: named, reads, tree, ...(watched !== undefined && { watched }) }
}

/** SRC-12: the files lie in the folder, so its tree is their identity too. */
async function overriddenSource(
  checkout: Checkout,
  source: GitSource,
  instance: string,
): Promise<GitSource> {
  const folder = posix.normalize(source.path ?? '.').replace(/\/$/, '')
  const names = await namesIn(checkout, folder)
  let result = source
  for (const name of overrideFiles(instance).filter((file) => names.includes(file))) {
    const file = posix.join(folder, name)
    result = withOverrides(result, await textAt(checkout, file), file)
  }
  return result
}
