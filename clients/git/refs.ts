import { GitAccessError } from '../../core/errors.ts'
import { wantedTag } from '../../core/git/tag.ts'

/** The branches and tags of a repository with their commits, and the default branch. */
export type Refs = {
  /** Full name (`refs/heads/main`) → commit; tags are peeled. */
  readonly byName: ReadonlyMap<string, string>
  readonly head: string | undefined
}

/** Where a fetch puts the commit of the remote's HEAD. */
export const remoteHead = 'refs/driftless/head'

/** One line for a ref, and one more for the commit behind an annotated tag. */
export const refsFormat =
  '%(objectname)%09%(refname)%(if)%(*objectname)%(then)%0a%(*objectname)%09%(refname)%(end)'

/** Reads what `git for-each-ref` prints in `refsFormat`. */
export function parseRefs(text: string): Refs {
  const byName = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [commit = '', name] = line.split('\t')
    if (name !== undefined) byName.set(name, commit)
  }
  const head = byName.get(remoteHead)
  byName.delete(remoteHead)
  return { byName, head }
}

/** Whether nothing moved; unknown refs are other ones. */
export function sameRefs(a: Refs | undefined, b: Refs): boolean {
  if (a === undefined || a.head !== b.head || a.byName.size !== b.byName.size) return false
  return [...b.byName].every(([name, commit]) => a.byName.get(name) === commit)
}

/** What a revision means among the refs (SRC-03, SRC-04, SRC-06); undefined for what may be a commit. */
export function refCommit(
  refs: Refs,
  revision: string,
  url: string,
  tagPrefix = '',
): string | undefined {
  if (revision === '' || revision === 'HEAD') {
    if (refs.head !== undefined) return refs.head
    throw new GitAccessError(
      `${url} has no default branch; set targetRevision to a branch that exists`,
    )
  }
  if (revision.startsWith('refs/')) return refs.byName.get(revision)
  const wanted = wantedTag(revision, tagsOf(refs), tagPrefix)
  const name = wanted?.tag ?? revision
  const branch = refs.byName.get(`refs/heads/${name}`)
  const tag = refs.byName.get(`refs/tags/${name}`)
  if (branch !== undefined && tag !== undefined && branch !== tag) {
    throw new GitAccessError(
      `${name} is a branch and a tag in ${url}; use refs/heads/${name} or refs/tags/${name}`,
    )
  }
  const found = branch ?? tag
  if (found === undefined && wanted !== undefined && 'newest' in wanted) {
    const { constraint, newest = 'no version at all' } = wanted
    const among = tagPrefix === '' ? '' : ` among the tags ${tagPrefix}*`
    throw new GitAccessError(
      `${url} has no version ${constraint}${among}, the newest is ${newest}; push a tag that fits or correct targetRevision`,
    )
  }
  return found
}

function* tagsOf({ byName }: Refs): Generator<string> {
  for (const name of byName.keys()) {
    if (name.startsWith('refs/tags/')) yield name.slice('refs/tags/'.length)
  }
}
