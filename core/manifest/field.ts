import type { Json, JsonObject } from './manifest.ts'

type Mapping = Readonly<Record<string, unknown>>

/** The value at a path of an object that nobody has checked; undefined where the path leads nowhere. */
export function fieldAt(value: unknown, ...path: readonly PropertyKey[]): unknown {
  let at = value
  for (const field of path)
    at = Array.isArray(at) ? at[Number(field)] : mappingOf(at)[String(field)]
  return at
}

/** The mapping itself, or an empty one for anything else. */
export function mappingOf(value: unknown): Mapping {
  return isMapping(value) ? value : {}
}

/** Whether a JSON value is an object with fields. */
export function isMapping(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `Array.isArray` for JSON, whose lists are readonly. */
export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** The text at a path, or the empty text. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = fieldAt(value, ...path)
  return typeof found === 'string' ? found : ''
}

/** The number at a path (Argo Rollouts writes some as text), or undefined. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = fieldAt(value, ...path)
  if (typeof found === 'number') return found
  return typeof found === 'string' && /^\d+$/.test(found) ? Number(found) : undefined
}

/** The list at a path, or an empty one. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = fieldAt(value, ...path)
  return Array.isArray(found) ? found : []
}
