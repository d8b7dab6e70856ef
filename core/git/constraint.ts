import { type Comparator, comparatorOf, isOperator, passes } from './comparator.ts'
import type { Version } from './version.ts'

/** Alternatives of comparators that must all hold. */
export type Constraint = readonly (readonly Comparator[])[]

const maxLength = 512
/** No comparator at all: what is no prerelease passes. */
const anything: readonly Comparator[] = [comparatorOf('*', '', [], '')].filter(
  (any) => any !== undefined,
)
const words = /[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*/.source
const number = /(?:\d+|[xX*])/.source
const plain = `v?${number}(?:\\.${number})?(?:\\.${number})?(?:-${words})?(?:\\+${words})?`
const span = new RegExp(`\\s*(${plain})\\s+-\\s+(${plain})\\s*`, 'g')
const parts = `v?(${number})(?:\\.(${number}))?(?:\\.(${number}))?(?:-(${words}))?(?:\\+${words})?`
const one = new RegExp(`\\s*([=!<>~^]{0,2})\\s*${parts}\\s*`, 'y')

/**
 * Reads a constraint in the language of Masterminds' semver, which Helm and Argo CD use: `>=1.2 <2`,
 * `1.x || ~2.3`, `1.2 - 1.4`; a comma or a space is "and". It is not npm's: `1.2` is `~1.2`, `>1` is
 * `>=2`. Undefined for a text that is none.
 */
export function parseConstraint(text: string): Constraint | undefined {
  if (text.length > maxLength) return undefined
  if (text.trim() === '') return [anything]
  const alternatives = text.replace(span, '>= $1, <= $2 ').split('||').map(parseAll)
  return alternatives.every((all) => all !== undefined) ? alternatives : undefined
}

/**
 * Whether the version passes one of the alternatives. Prereleases only count where they are asked
 * for, or where a part of the alternative names one.
 */
export function satisfies(version: Version, constraint: Constraint, prereleases = false): boolean {
  return constraint.some((all) => {
    const wanted = prereleases || all.some((comparator) => comparator.version.prerelease !== '')
    return all.every((comparator) => passes(version, comparator, wanted))
  })
}

/** The constraint in one spelling, for people. */
export function showConstraint(constraint: Constraint): string {
  return constraint.map((all) => all.map(({ text }) => text).join(' ')).join(' || ')
}

function parseAll(text: string): readonly Comparator[] | undefined {
  const found: Comparator[] = []
  if (text.trim() === '') return undefined
  for (let at = 0; at < text.length; ) {
    one.lastIndex = at
    const match = one.exec(text)
    if (match === null) return undefined
    const comparator = comparatorOfMatch(match)
    if (comparator === undefined) return undefined
    found.push(comparator)
    at = one.lastIndex
    // parts are kept apart by one comma or by white space
    if (text[at] === ',' && at + 1 < text.length) at++
    else if (at < text.length && !/\s$/.test(match[0])) return undefined
  }
  return found
}

function comparatorOfMatch(match: RegExpExecArray): Comparator | undefined {
  const [whole, operator = '', major, minor, patch, prerelease = ''] = match
  if (!isOperator(operator)) return undefined
  const text = operator + whole.trim().slice(operator.length).trim()
  return comparatorOf(text, operator, [major, minor, patch], prerelease)
}
