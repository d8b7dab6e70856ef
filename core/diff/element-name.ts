import { isMapping } from '../manifest/field.ts'
import type { Json, JsonObject } from '../manifest/manifest.ts'

/** The element that has all of the key, before one that leaves a part of it to its default. */
export function elementNamed(list: readonly Json[], name: string): Json | undefined {
  const named = list.filter((element) => isNamed(element, name))
  return named.find((element) => hasWholeKey(element, name)) ?? named[0]
}

function hasWholeKey(element: Json, name: string): boolean {
  if (!name.startsWith('k:') || !isMapping(element)) return true
  return Object.keys(JSON.parse(name.slice(2))).every((part) => part in element)
}

/** Whether a name of a field set means the element. Keys that the manifest leaves to their default (a port's protocol) are not held against it. */
export function isNamed(element: Json, name: string): boolean {
  if (name.startsWith('v:')) return JSON.stringify(element) === name.slice(2)
  if (!name.startsWith('k:') || !isMapping(element)) return false
  const key = JSON.parse(name.slice(2)) as JsonObject
  return Object.entries(key).every(([part, value]) => !(part in element) || element[part] === value)
}
