import { refCommit } from '../../../clients/git/refs.ts'
import { isCommit, isShortCommit } from '../../../core/git/commit.ts'
import { parseConstraint, satisfies, showConstraint } from '../../../core/git/constraint.ts'
import { wantedTag } from '../../../core/git/tag.ts'
import { compareVersions, parseVersion, showVersion } from '../../../core/git/version.ts'
import { isSshUrl, normalizeGitUrl, withoutCredentials } from '../../../core/git-url.ts'
import { type Answer, attempt, feed, filesAreAway } from '../corpus.ts'

type Url = {
  readonly a?: string
  readonly b?: string
  readonly url?: string
  readonly fn?: string
  readonly value?: string
  readonly expected: { readonly same?: boolean; readonly url?: string; readonly ssh?: boolean }
}

/** Whether two addresses are one repository, and addresses without their secrets. */
export const url = feed<Url>(({ a, b, url: address, fn, value = '', expected }) => {
  if (fn === 'IsCommitSHA') return { expected, got: isCommit(value) }
  if (fn === 'IsTruncatedCommitSHA') return { expected, got: isShortCommit(value) }
  if (a !== undefined && b !== undefined) {
    return { expected: expected.same, got: normalizeGitUrl(a) === normalizeGitUrl(b) }
  }
  if (address !== undefined && expected.ssh !== undefined) {
    return { expected: expected.ssh, got: isSshUrl(address) }
  }
  if (address !== undefined && expected.url !== undefined) {
    // we put a mark where the secret was
    return { expected: expected.url, got: withoutCredentials(address).replace('***@', '') }
  }
  return undefined
})

type Revision = {
  readonly constraint?: string
  readonly tags?: readonly string[]
  readonly tags_in_order?: readonly string[]
  readonly revision?: string
  readonly tag_prefix: string
  readonly expected: { readonly version?: string; readonly tag?: string; readonly error?: boolean }
}

/** Which tag a revision means. */
export const revision = feed<Revision>((row) => {
  const { constraint, tags = [], tags_in_order: ordered, tag_prefix: prefix, expected } = row
  if (constraint !== undefined) {
    const tag = wantedTag(constraint, tags, prefix)?.tag
    return { expected, got: tag === undefined ? { error: true } : { version: tag } }
  }
  if (ordered === undefined || row.revision === undefined) return undefined
  const refs = {
    byName: new Map(ordered.map((tag) => [`refs/tags/${tag}`, tag])),
    head: ordered.at(-1),
  }
  const asked = row.revision
  const tag = attempt(() => refCommit(refs, asked, 'the repository', prefix))
  return { expected, got: typeof tag === 'string' ? { tag } : { error: true } }
})

/** Refs of repositories that are elsewhere, and globs of a generator that is not built. */
export const refsMisc = feed<{ readonly needs_network?: boolean }>(({ needs_network: isAway }) =>
  isAway === true ? filesAreAway : undefined,
)

type Language = {
  readonly test: string
  readonly input: Readonly<Record<string, string>>
  readonly expected: Readonly<Record<string, unknown>>
}

/** The language of version constraints. */
export const semverLanguage = feed<Language>(({ test, input, expected }) => {
  const { constraint = '', version = '', v1 = '', v2 = '' } = input
  switch (test) {
    case 'TestParseConstraint':
    case 'TestNewConstraint':
      return parsed(input.in ?? input.input ?? '', expected)
    case 'TestConstraintCheck':
    case 'TestConstraintsCheck':
    case 'TestConstraintsValidate':
      return { expected: expected.check, got: check(constraint, version, false) }
    case 'TestConstraintsCheckIncludePrerelease':
    case 'TestConstraintsValidateIncludePrerelease':
      return { expected: expected.check, got: check(constraint, version, true) }
    case 'TestConstraintString': {
      const found = parseConstraint(constraint)
      return { expected: expected.st, got: found && showConstraint(found) }
    }
    case 'TestNewVersion':
      return { expected: expected.err, got: parseVersion(version) === undefined }
    case 'TestNewVersionCheckError':
      return { expected: !expected.wantErr, got: parseVersion(version) !== undefined }
    case 'TestCoerceString': {
      const found = parseVersion(version)
      return { expected: expected.expected, got: found && showVersion(found) }
    }
    case 'TestCompare':
      return { expected: expected.expected, got: compare(v1, v2) }
    case 'TestGreaterThan':
      return { expected: expected.expected, got: compare(v1, v2) === 1 }
    case 'TestGreaterThanEqual':
      return { expected: expected.expected, got: compare(v1, v2) !== -1 }
    case 'TestLessThan':
      return { expected: expected.expected, got: compare(v1, v2) === -1 }
    case 'TestLessThanEqual':
      return { expected: expected.expected, got: compare(v1, v2) !== 1 }
    case 'TestEqual':
      return { expected: expected.expected, got: compare(v1, v2) === 0 }
    default:
      return undefined
  }
})

function parsed(text: string, { err, ors, count }: Readonly<Record<string, unknown>>): Answer {
  const found = parseConstraint(text)
  if (found === undefined || err === true) return { expected: err, got: found === undefined }
  const counts = ors === undefined ? {} : { ors: found.length, count: found[0]?.length }
  return { expected: ors === undefined ? {} : { ors, count }, got: counts }
}

function check(constraint: string, version: string, prereleases: boolean): boolean | undefined {
  const [wanted, found] = [parseConstraint(constraint), parseVersion(version)]
  return wanted && found && satisfies(found, wanted, prereleases)
}

function compare(a: string, b: string): number | undefined {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left && right && compareVersions(left, right)
}
