import { posix } from 'node:path'
import type { StoredApplication } from '../clients/applications.ts'
import type { Git } from '../clients/git.ts'
import {
  type ApplicationSource,
  type GitSource,
  projectOf,
  sourcesOf,
} from '../core/application.ts'
import { GitAccessError, InvalidSpecError } from '../core/errors.ts'
import { overrideFiles, withOverrides } from '../core/render/overrides.ts'
import { type Checkout, namesIn, textAt } from './checkout.ts'
import type { Lenders } from './helm-reads.ts'
import { readsOf, type SourceReads } from './source-reads.ts'

/** One source of an application at the commit that it means now. */
export type SourceAt = {
  /** With what files of the repository make of its parameters. */
  readonly source: GitSource
  readonly checkout: Checkout
  /** Absent for a source that renders nothing and only lends its files to the others (SRC-08). */
  readonly reads?: SourceReads
  /** Identity of the folder; empty when nothing is rendered. */
  readonly tree: string
}

/**
 * The sources of the application in their order. `commits` are those that they were resolved to
 * before; else the mirrors say what each revision is. Reads the mirrors only.
 */
export async function sourcesAt(
  all: Git,
  { application, ref }: StoredApplication,
  commits?: readonly string[],
): Promise<readonly SourceAt[]> {
  const git = all.of(projectOf(application))
  const sources = sourcesOf(application)
  const checkouts = await Promise.all(
    sources.map(async ({ repoURL: url, targetRevision, tagPrefix }, index): Promise<Checkout> => {
      const known = commits?.[index]
      if (known !== undefined) return { git, url, commit: known }
      const { commit } = await git.resolve(url, targetRevision ?? 'HEAD', tagPrefix)
      return { git, url, commit }
    }),
  )
  const lenders = new Map(
    sources.flatMap(({ ref: name }, index) => {
      const checkout = checkouts[index]
      return name && checkout ? [[name, checkout] as const] : []
    }),
  )
  return await Promise.all(
    sources.map((source, index) => {
      const checkout = checkouts[index]
      if (checkout === undefined) throw new InvalidSpecError('spec.sources: one has no commit')
      return sourceAt({ source, checkout, lenders, application: ref.name })
    }),
  )
}

type Place = {
  readonly source: GitSource
  readonly checkout: Checkout
  /** The checkouts that value files name as `$name/path`. */
  readonly lenders: Lenders
  readonly application: string
}

async function sourceAt({ source, checkout, lenders, application }: Place): Promise<SourceAt> {
  if (isOnlyLent(source)) return { source, checkout, tree: '' }
  const { git, url, commit } = checkout
  const path = source.path ?? '.'
  const tree = await git.treeHash(url, commit, path)
  if (tree === undefined) {
    throw new GitAccessError(
      `the path ${path} does not exist in ${url} at ${commit.slice(0, 7)}; correct spec.source.path or add the folder`,
    )
  }
  const overridden = await overriddenSource(checkout, source, application)
  const reads = await readsOf(checkout, overridden, lenders)
  return { source: overridden, checkout, reads, tree }
}

function isOnlyLent({ ref, path, chart }: ApplicationSource): boolean {
  return Boolean(ref) && !path && !chart
}

/** SRC-12: the files lie in the folder, so its tree is their identity too. */
async function overriddenSource(
  checkout: Checkout,
  source: GitSource,
  application: string,
): Promise<GitSource> {
  const folder = posix.normalize(source.path ?? '.').replace(/\/$/, '')
  const names = await namesIn(checkout, folder)
  let result = source
  for (const name of overrideFiles(application).filter((file) => names.includes(file))) {
    const file = posix.join(folder, name)
    result = withOverrides(result, await textAt(checkout, file), file)
  }
  return result
}
