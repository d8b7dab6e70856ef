import type { StoredApplication } from '../clients/applications.ts'
import type { Git } from '../clients/git.ts'
import { type ApplicationSource, gitSourceOf } from '../core/application.ts'
import { digestOf } from '../core/digest.ts'
import { GitAccessError } from '../core/errors.ts'
import { usesRevision } from '../core/render/environment.ts'
import { type Checkout, readsOf, type SourceReads } from './source-reads.ts'

// part of every digest of inputs: a change of how we render is a change of the inputs
const renderers = { Directory: 'directory-1', Helm: 'helm-1', Kustomize: 'kustomize-1' } as const

export type Inputs = {
  readonly commit: string
  readonly inputs: string
}

/**
 * The commit that the application's revision is now, and the digest of all it renders from: the
 * folder, everything outside of it that is read, the tool and its options. Reads the mirror only.
 */
export async function inputsOf(git: Git, { application }: StoredApplication): Promise<Inputs> {
  const source = gitSourceOf(application)
  const path = source.path ?? '.'
  const { repoURL: url } = source
  const { commit } = await git.resolve(url, source.targetRevision ?? 'HEAD', source.tagPrefix)
  const tree = await git.treeHash(url, commit, path)
  if (tree === undefined) {
    throw new GitAccessError(
      `the path ${path} does not exist in ${url} at ${commit.slice(0, 7)}; correct spec.source.path or add the folder`,
    )
  }
  const reads = await readsOf({ git, url, commit }, source)
  const parts = await partsOf({ git, url, commit }, source, reads)
  return {
    commit,
    inputs: digestOf([renderers[reads.tool], tree, ...parts]).slice(0, 32),
  }
}

async function partsOf(
  { git, url, commit }: Checkout,
  source: ApplicationSource,
  { tool, paths }: SourceReads,
): Promise<readonly unknown[]> {
  if (tool === 'Directory') return [source.directory ?? null]
  const options = (tool === 'Helm' ? source.helm : source.kustomize) ?? null
  const outside = await Promise.all(
    paths.map(async (path) => [path, (await git.objectAt(url, commit, path))?.id ?? null] as const),
  )
  return [options, outside, ...(usesRevision(JSON.stringify(options)) ? [commit] : [])]
}
