import { InvalidArgumentError } from 'commander'

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

/** `GROUP:KIND:NAME` or `GROUP:KIND:NAMESPACE/NAME`, as argocd names resources. */
export function resourceOf(text: string) {
  const [, group = '', kind, namespace, name] =
    /^([^:]*):([^:]+):(?:([^/]+)\/)?(.+)$/.exec(text) ?? []
  if (kind === undefined || name === undefined) {
    throw new InvalidArgumentError('give GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME')
  }
  return { group, kind, name, ...(namespace !== undefined && { namespace }) }
}
