import { parseConstraint, satisfies } from './constraint.ts'
import { compareVersions, parseVersion, type Version } from './version.ts'

/** What a revision asks of the tags of a repository. */
export type WantedTag =
  /** Exactly this tag, with the prefix. */
  | { readonly tag: string }
  /** The newest that fits; `tag` is undefined when none does. */
  | { readonly constraint: string; readonly tag: string | undefined }

/**
 * What a revision means where versions are meant (SRC-05): a version is the tag of that name, a
 * constraint is the newest version among the tags that passes it. Tags without the prefix do not
 * count. Undefined for a revision that speaks of no version: a branch, a commit.
 */
export function wantedTag(
  revision: string,
  tags: Iterable<string>,
  prefix = '',
): WantedTag | undefined {
  if (parseVersion(revision) !== undefined) return { tag: prefix + revision }
  const constraint = revision === '' ? undefined : parseConstraint(revision)
  if (constraint === undefined) return undefined
  let newest: Version | undefined
  for (const tag of tags) {
    const version = tag.startsWith(prefix) ? parseVersion(tag.slice(prefix.length)) : undefined
    if (version === undefined || !satisfies(version, constraint)) continue
    if (newest === undefined || compareVersions(version, newest) > 0) newest = version
  }
  return { constraint: revision, tag: newest && prefix + newest.original }
}
