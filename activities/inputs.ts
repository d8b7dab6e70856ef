import type { StoredApplication } from '../clients/applications.ts'
import type { Git } from '../clients/git.ts'
import { gitSourceOf } from '../core/application.ts'
import { digestOf } from '../core/digest.ts'
import { GitAccessError } from '../core/errors.ts'

// part of every digest of inputs: a change of how we render is a change of the inputs
const renderer = 'directory-1'

export type Inputs = { readonly commit: string; readonly inputs: string }

/**
 * The commit that the application's revision is now, and the digest of all it renders from:
 * the tree of its path and the parameters. Reads the mirror only.
 */
export async function inputsOf(git: Git, { application }: StoredApplication): Promise<Inputs> {
  const source = gitSourceOf(application)
  const revision = source.targetRevision ?? 'HEAD'
  const path = source.path ?? '.'
  const { commit } = await git.resolve(source.repoURL, revision)
  const tree = await git.treeHash(source.repoURL, commit, path)
  if (tree === undefined) {
    throw new GitAccessError(
      `the path ${path} does not exist in ${source.repoURL} at ${commit.slice(0, 7)}; correct spec.source.path or add the folder`,
    )
  }
  return { commit, inputs: digestOf([renderer, tree, source.directory ?? null]).slice(0, 32) }
}
