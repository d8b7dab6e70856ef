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
