import { parseConstraint, satisfies, showConstraint } from './constraint.ts'
import { compareVersions, parseVersion, showVersion, type Version } from './version.ts'

/** What a revision asks of the tags of a repository. */
export type WantedTag =
  /** Exactly this tag, with the prefix. */
  | { readonly tag: string }
  /** The newest that fits. */
  | { readonly constraint: string; readonly tag: string }
  /** None fits; `newest` is the newest version that there is. */
  | { readonly constraint: string; readonly tag: undefined; readonly newest: string | undefined }

/**
 * What a revision means where versions are meant (SRC-03): a version is the tag of that name, a
 * constraint is the newest version among the tags that passes it. Tags without the prefix do not
 * count (SRC-06). Undefined for a revision that speaks of no version: a branch, a commit.
 */
export function wantedTag(
  revision: string,
  tags: Iterable<string>,
  prefix = '',
): WantedTag | undefined {
  if (parseVersion(revision) !== undefined) return { tag: prefix + revision }
  const wanted = revision === '' ? undefined : parseConstraint(revision)
  if (wanted === undefined) return undefined
  const versions: Version[] = []
  for (const tag of tags) {
    const version = tag.startsWith(prefix) ? parseVersion(tag.slice(prefix.length)) : undefined
    if (version !== undefined) versions.push(version)
  }
  const constraint = showConstraint(wanted)
  const found = newestOf(versions.filter((version) => satisfies(version, wanted)))
  if (found !== undefined) return { constraint, tag: prefix + found.original }
  const newest = newestOf(versions)
  return { constraint, tag: undefined, newest: newest && showVersion(newest) }
}

function newestOf(versions: readonly Version[]): Version | undefined {
  let newest: Version | undefined
  for (const version of versions) {
    if (newest === undefined || compareVersions(version, newest) > 0) newest = version
  }
  return newest
}
