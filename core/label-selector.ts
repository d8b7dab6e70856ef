import { InvalidSpecError } from './errors.ts'

type Labels = Readonly<Record<string, string>>

/**
 * A label selector as kubectl reads it (API-01): `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`,
 * `a`, `!a`, joined by commas. As there, `!=` and `notin` also match objects without the label.
 * Throws InvalidSpecError for anything else.
 */
export function parseSelector(text: string): (labels: Labels | undefined) => boolean {
  const requirements = split(text).map(parseRequirement)
  return (labels = {}) => requirements.every((matches) => matches(labels))
}

/** Commas inside parentheses belong to the list of values. */
function split(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

const set = /^(?<key>[\w./-]+)\s+(?<negated>not)?in\s*\((?<values>[^()]*)\)$/
const equality = /^(?<key>[\w./-]+)\s*(?<operator>==|=|!=)\s*(?<value>[\w.-]*)$/
const existence = /^(?<negated>!)?\s*(?<key>[\w./-]+)$/

function parseRequirement(text: string): (labels: Labels) => boolean {
  const inSet = set.exec(text)?.groups
  if (inSet !== undefined) {
    const { key = '', negated, values = '' } = inSet
    const allowed = new Set(values.split(',').map((value) => value.trim()))
    return (labels) => has(labels, key, allowed) === (negated === undefined)
  }
  const equal = equality.exec(text)?.groups
  if (equal !== undefined) {
    const { key = '', operator, value = '' } = equal
    return (labels) => has(labels, key, new Set([value])) === (operator !== '!=')
  }
  const exists = existence.exec(text)?.groups
  if (exists !== undefined) {
    const { key = '', negated } = exists
    return (labels) => Object.hasOwn(labels, key) === (negated === undefined)
  }
  throw new InvalidSpecError(
    `the selector part "${text}" cannot be read; write key=value, key!=value, key in (a,b), key or !key`,
  )
}

function has(labels: Labels, key: string, allowed: ReadonlySet<string>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined
  return value !== undefined && allowed.has(value)
}
