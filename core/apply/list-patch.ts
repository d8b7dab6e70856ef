import { digestOf } from '../digest.ts'
import { isList, isMapping } from '../manifest/field.ts'
import type { Json, JsonObject } from '../manifest/manifest.ts'
import { listMergeOf, type Place } from './patch-schema.ts'

/** What was applied last, what is declared, and what is live. */
export type Sides<Of extends Json> = {
  readonly applied: Of
  readonly desired: Of
  readonly live: Of
}

/** Fields of a patch, by name. */
export type Entries = readonly (readonly [name: string, value: Json])[]

/** The patch of one element of a list that has a key. */
type ElementPatch = (sides: Sides<JsonObject>) => JsonObject

/**
 * The fields of a patch that make a live list what is declared. Elements that have a key are changed
 * one by one, so that those of others stay; a list in which a key comes twice (as `env` may have it)
 * can only be put in its place as a whole.
 */
export function listPatch(
  place: Place,
  name: string,
  sides: Sides<readonly Json[]>,
  elementPatch: ElementPatch,
): Entries {
  const { by, key } = listMergeOf(place)
  if (by === 'set') return setPatch(name, sides)
  if (by === 'key' && isKeyed(sides, key)) return keyedPatch(name, key, sides, elementPatch)
  const { applied, desired, live } = sides
  const isChanged = applied.length > 0 && !isSame(applied, desired)
  if (!isChanged && isWithin(desired, live)) return []
  return [[name, by === 'key' ? [{ $patch: 'replace' }, ...desired] : desired]]
}

/** Values that others put into the set stay. */
function setPatch(name: string, { applied, desired, live }: Sides<readonly Json[]>): Entries {
  const has = (list: readonly Json[], value: Json) => list.some((other) => isSame(other, value))
  const added = desired.filter((value) => !has(live, value))
  const gone = applied.filter((value) => !has(desired, value) && has(live, value))
  return [
    ...(added.length > 0 ? [[name, added] as const] : []),
    ...(gone.length > 0 ? [[`$deleteFromPrimitiveList/${name}`, gone] as const] : []),
  ]
}

function isKeyed(
  sides: Sides<readonly Json[]>,
  key: string,
): sides is Sides<readonly JsonObject[]> {
  return [sides.applied, sides.desired, sides.live].every((list) => {
    const keys = list.map((element) => (isMapping(element) ? element[key] : undefined))
    return !keys.includes(undefined) && new Set(keys).size === keys.length
  })
}

function keyedPatch(
  name: string,
  key: string,
  { applied, desired, live }: Sides<readonly JsonObject[]>,
  elementPatch: ElementPatch,
): Entries {
  const keyOf = (element: JsonObject): JsonObject => ({ [key]: element[key] ?? null })
  const sameIn = (list: readonly JsonObject[], { [key]: value }: JsonObject) =>
    list.find((other) => other[key] === value)
  const changed = desired.flatMap((element) => {
    const found = sameIn(live, element)
    if (found === undefined) return [element]
    const before = sameIn(applied, element) ?? {}
    const patch = elementPatch({ applied: before, desired: element, live: found })
    return Object.keys(patch).length === 0 ? [] : [{ ...patch, ...keyOf(element) }]
  })
  const gone = applied
    .filter((element) => !sameIn(desired, element) && sameIn(live, element))
    .map((element) => ({ $patch: 'delete', ...keyOf(element) }))
  const order = desired.map(keyOf)
  const there = live.filter((element) => sameIn(desired, element)).map(keyOf)
  const elements = [...changed, ...gone]
  if (elements.length === 0 && isSame(there, order)) return []
  const ordered = [`$setElementOrder/${name}`, order] as const
  return elements.length === 0 ? [ordered] : [ordered, [name, elements]]
}

/** Whether every declared value is live, element by element: what is live besides are defaults. */
function isWithin(desired: Json, live: Json | undefined): boolean {
  if (isList(desired)) {
    if (!isList(live) || live.length !== desired.length) return false
    return desired.every((value, index) => isWithin(value, live[index]))
  }
  if (!isMapping(desired)) return desired === live
  return (
    isMapping(live) && Object.entries(desired).every(([name, value]) => isWithin(value, live[name]))
  )
}

function isSame(one: Json, other: Json): boolean {
  return digestOf(one) === digestOf(other)
}
