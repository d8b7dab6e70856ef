import { load } from 'js-yaml'
import { RenderError } from '../errors.ts'

/** One document of a tool's own file, such as a kustomization; RenderError that names file and line. */
export function readYaml(text: string, file: string): { readonly [field: string]: unknown } {
  try {
    const read = load(text)
    return typeof read === 'object' && read !== null ? (read as { [field: string]: unknown }) : {}
  } catch (error) {
    const { reason = String(error), mark } = error as { reason?: string; mark?: { line: number } }
    throw new RenderError(`${file}:${(mark?.line ?? 0) + 1}: ${reason}`)
  }
}

const maxNodes = 200_000

/** The value as JSON; RenderError when aliases make more of it than anybody means (H12). */
export function boundedJson(value: unknown, file: string): string {
  let nodes = 0
  const count = (part: unknown): void => {
    if (++nodes > maxNodes) throw new RenderError(`${file} holds more than ${maxNodes} values`)
    if (typeof part === 'object' && part !== null)
      for (const field of Object.values(part)) count(field)
  }
  count(value)
  return JSON.stringify(value)
}
