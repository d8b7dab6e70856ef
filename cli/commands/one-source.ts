import { CommandEnd } from '../exit.ts'

/** Which of several sources a command means; positions count from 1. */
export type SourceChoice = { readonly sourceName?: string; readonly sourcePosition?: number }
type Fields = Readonly<Record<string, unknown>>
type Source = Fields & { readonly name?: string | undefined }

/** The index of the source that is meant by its name or its position (SRC-09); CommandEnd when there is none. */
export function sourceIndex(
  sources: readonly Source[],
  { sourceName, sourcePosition }: SourceChoice,
): number {
  if (sourceName !== undefined && sourcePosition !== undefined)
    throw new CommandEnd('give either --source-name or --source-position')
  const fits = ({ name }: Source, index: number) =>
    sourceName === undefined ? index + 1 === sourcePosition : name === sourceName
  const found = sources.flatMap((source, index) => (fits(source, index) ? [index] : []))
  if (found[0] !== undefined && found.length === 1) return found[0]
  const names = sources.map(({ name = '-' }, index) => `${index + 1} ${name}`).join(', ')
  const wrong = found.length > 1 ? 'several sources are meant' : 'no such source'
  throw new CommandEnd(`${wrong}; choose one of: ${names || 'none, there is only one source'}`)
}

/** The JSON patch that changes one source as a merge patch would, unless somebody changed it meanwhile. */
export function sourcePatch(sources: readonly Source[], index: number, change: unknown): object {
  const before = sources[index]
  const path = `/spec/sources/${index}`
  return [
    { op: 'test', path, value: before },
    { op: 'replace', path, value: merged(before, change) },
  ]
}

function merged(before: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null) return change
  const fields = new Map(Object.entries((before ?? {}) as Fields))
  for (const [name, value] of Object.entries(change)) {
    if (value === null) fields.delete(name)
    else fields.set(name, merged(fields.get(name), value))
  }
  return Object.fromEntries(fields)
}
