import { comparePrerelease, compareVersions, parseVersion, type Version } from './version.ts'

/** One part of a constraint, such as `>=1.2`: an operator and a version that may be open behind. */
export type Comparator = {
  readonly operator: string
  readonly version: Version
  /** The first number that was left open (`1.x`, `1`, `*`); undefined when all three are given. */
  readonly open: 'major' | 'minor' | 'patch' | undefined
  readonly text: string
}

const wild = /^[xX*]$/

/** Puts a comparator together from the pieces of its text; undefined when they are no version. */
export function comparatorOf(
  text: string,
  operator: string,
  [major, minor, patch]: readonly (string | undefined)[],
  prerelease: string,
): Comparator | undefined {
  const isOpen = (part: string | undefined) => part === undefined || part === '' || wild.test(part)
  const tail = prerelease === '' ? '' : `-${prerelease}`
  const open = isOpen(major)
    ? 'major'
    : isOpen(minor)
      ? 'minor'
      : isOpen(patch)
        ? 'patch'
        : undefined
  const closed = { major: '0.0.0', minor: `${major}.0.0`, patch: `${major}.${minor}.0` }
  const full = open === undefined ? `${major}.${minor}.${patch}` : closed[open]
  const version = parseVersion(full + tail)
  return version && { operator, version, open, text }
}

type Test = (version: Version, comparator: Comparator) => boolean

const tests: Readonly<Record<string, Test>> = {
  '': same,
  '=': same,
  '!=': differs,
  '>': greater,
  '<': (version, { version: bound }) => compareVersions(version, bound) < 0,
  '>=': (version, { version: bound }) => compareVersions(version, bound) >= 0,
  '=>': (version, { version: bound }) => compareVersions(version, bound) >= 0,
  '<=': atMost,
  '=<': atMost,
  '~': tilde,
  '~>': tilde,
  '^': caret,
}

/** Whether a text is an operator of the language. */
export function isOperator(text: string): boolean {
  return text in tests
}

/**
 * Whether the version passes. A prerelease passes only where the comparator names one too, unless
 * prereleases are asked for.
 */
export function passes(version: Version, comparator: Comparator, prereleases: boolean): boolean {
  const isHidden = version.prerelease !== '' && comparator.version.prerelease === ''
  if (isHidden && !prereleases) return false
  return tests[comparator.operator]?.(version, comparator) === true
}

function same(version: Version, comparator: Comparator): boolean {
  if (comparator.open !== undefined) return tilde(version, comparator)
  return compareVersions(version, comparator.version) === 0
}

function differs(version: Version, { version: bound, open }: Comparator): boolean {
  if (open === undefined || open === 'major') return compareVersions(version, bound) !== 0
  if (version.major !== bound.major) return true
  if (open === 'minor') return false
  if (version.minor !== bound.minor) return true
  return comparePrerelease(version.prerelease, bound.prerelease) !== 0
}

/** `>11` begins with 12, `>11.1` with 11.2. */
function greater(version: Version, { version: bound, open }: Comparator): boolean {
  if (version.major !== bound.major) return version.major > bound.major
  if (open === 'minor') return false
  if (open === 'patch') return version.minor > bound.minor
  return compareVersions(version, bound) > 0
}

/** `<=11` holds for all of 11, `<=11.1` for all of 11.1. */
function atMost(version: Version, { version: bound, open }: Comparator): boolean {
  if (open === undefined) return compareVersions(version, bound) <= 0
  if (version.major !== bound.major) return version.major < bound.major
  return version.minor <= bound.minor || open === 'minor'
}

/** `~1.2.3` stays within 1.2, `~1` within 1; `~0.0.0` and `*` take all. */
function tilde(version: Version, { version: bound, open }: Comparator): boolean {
  if (compareVersions(version, bound) < 0) return false
  const isZero = bound.major === 0n && bound.minor === 0n && bound.patch === 0n
  if (isZero && (open === undefined || open === 'major')) return true
  return version.major === bound.major && (open === 'minor' || version.minor === bound.minor)
}

/** Nothing left of the first number that is not zero may change. */
function caret(version: Version, { version: bound, open }: Comparator): boolean {
  if (compareVersions(version, bound) < 0) return false
  if (bound.major > 0n || open === 'minor') return version.major === bound.major
  if (version.major > 0n) return false
  if (bound.minor > 0n || open === 'patch') return version.minor === bound.minor
  return version.minor === 0n && version.patch === bound.patch
}
