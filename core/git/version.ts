/** A version as Masterminds' semver reads it: `v`, minor and patch may be left out. */
export type Version = {
  readonly major: bigint
  readonly minor: bigint
  readonly patch: bigint
  /** Empty for a release. */
  readonly prerelease: string
  readonly metadata: string
  readonly original: string
}

const maxLength = 256
const maxNumber = 2n ** 64n - 1n
const words = /[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*/.source
const form = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${words}))?(?:\\+(${words}))?$`)

/** Reads a version; undefined for a text that is none, such as `1.2.3.4` or `1.0.0-rc.01`. */
export function parseVersion(original: string): Version | undefined {
  if (original.length > maxLength) return undefined
  const found = form.exec(original)
  if (found === null) return undefined
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = found
  const numbers = [BigInt(major), BigInt(minor), BigInt(patch)] as const
  if (numbers.some((number) => number > maxNumber)) return undefined
  if (prerelease.split('.').some((part) => /^0\d+$/.test(part))) return undefined
  return {
    ...{ major: numbers[0], minor: numbers[1], patch: numbers[2] },
    ...{ prerelease, metadata, original },
  }
}

/** The order of precedence of SemVer 2; build metadata does not count. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  return (
    order(a.major, b.major) ||
    order(a.minor, b.minor) ||
    order(a.patch, b.patch) ||
    comparePrerelease(a.prerelease, b.prerelease)
  )
}

/** A release comes after all its prereleases. */
export function comparePrerelease(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0
  if (a === '') return 1
  if (b === '') return -1
  const [left, right] = [a.split('.'), b.split('.')]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const found = compareParts(left[at], right[at])
    if (found !== 0) return found
  }
  return 0
}

/** Fewer parts come first, numbers before words, words by their bytes. */
function compareParts(a: string | undefined, b: string | undefined): -1 | 0 | 1 {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isNumberA && isNumberB) return order(BigInt(a), BigInt(b))
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1
  return order(a, b)
}

function order<T extends bigint | string>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The full form, `1.2.0-rc.1+build`, whatever the original left out. */
export function showVersion({ major, minor, patch, prerelease, metadata }: Version): string {
  const tail = `${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`
  return `${major}.${minor}.${patch}${tail}`
}
