import type { ApplicationSource } from '../application.ts'

// shorter ones are words that stand in every message
const shortestSecret = 5

/**
 * What a renderer said, without what it was given: the values of the source, the literals of
 * generators and the blocks in which kustomize shows a whole configuration.
 */
export function withoutValues(
  message: string,
  { helm = {}, kustomize = {}, directory = {}, plugin = {} }: ApplicationSource,
): string {
  const given = [helm, kustomize.patches, directory.jsonnet, plugin].flatMap(leavesOf)
  const literals = message.replaceAll(/literal sources \[[^\]]*\]/g, 'literal sources [***]')
  const shown = literals.replace(/\s*with config:[\s\S]*/i, '')
  return given
    .filter((value) => value.length >= shortestSecret)
    .sort((a, b) => b.length - a.length)
    .reduce((text, value) => text.replaceAll(value, '***'), shown)
}

const notValues = new Set(['name', 'path', 'valueFiles', 'libs'])

/** The texts and numbers that may be secrets: values, not the names of files and fields. */
function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value, ...wordsOf(value)]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, field]) =>
    notValues.has(name) ? [] : leavesOf(field),
  )
}

/** The words of inline values, without the names of their fields. */
function wordsOf(text: string): readonly string[] {
  return text.split(/[\s"',]+/).filter((word) => !word.endsWith(':'))
}
