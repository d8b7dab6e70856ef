import { InvalidArgumentError } from 'commander'
import type { ResourceRule } from '../../core/policy/chosen-resources.ts'

/** Reads a number of seconds, or any other whole number from zero on. */
export function wholeNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('give a whole number')
}

/** `--cascade=false` as kubectl and argocd take it. */
export function trueOrFalse(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new InvalidArgumentError('give true or false')
}

/** Collects an option that may be given several times. */
export function each(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

/** `name=value` pairs as one mapping; commander passes what was read before. */
export function pairs(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('give name=value')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

/**
 * `GROUP:KIND:NAME` or `GROUP:KIND:NAMESPACE/NAME`, as argocd names resources: `*` stands for any, and
 * what begins with `!` is left out.
 */
export function resourceOf(text: string): ResourceRule {
  const exclude = text.startsWith('!')
  const [, group = '', kind, namespace, name] =
    /^([^:]*):([^:]+):(?:([^/]+)\/)?(.+)$/.exec(text.slice(exclude ? 1 : 0)) ?? []
  if (kind === undefined || name === undefined) {
    throw new InvalidArgumentError('give GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME')
  }
  return { group, kind, name, exclude, ...(namespace !== undefined && { namespace }) }
}
