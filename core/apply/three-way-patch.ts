import { isList, isMapping } from '../manifest/field.ts'
import type { Json, JsonObject } from '../manifest/manifest.ts'
import { type Entries, listPatch, type Sides } from './list-patch.ts'
import { elementPlace, fieldPlace, type Place, retainsKeys } from './patch-schema.ts'

/**
 * The patch that makes a live mapping what is declared: what differs is set, what was applied last
 * and is declared no more is removed, all else stays whoever set it. Empty when nothing is to be
 * changed. A strategic merge patch where the place knows how lists are merged, else a JSON merge patch.
 */
export function mappingPatch(
  place: Place,
  sides: Sides<JsonObject>,
  retains = retainsKeys(place),
): JsonObject {
  const { applied, desired, live } = sides
  const removed = Object.keys(applied).filter(
    (name) => desired[name] === undefined && isThere(live[name]),
  )
  const changed = Object.entries(desired).flatMap(([name, value]) =>
    fieldPatch(fieldPlace(place, name), name, value, [applied[name], live[name]]),
  )
  const entries: Entries = [...removed.map((name) => [name, null] as const), ...changed]
  if (!retains || entries.length === 0) return Object.fromEntries(entries)
  return { ...Object.fromEntries(entries), $retainKeys: Object.keys(desired) }
}

function fieldPatch(
  place: Place,
  name: string,
  desired: Json,
  [applied, live]: readonly [applied: Json | undefined, live: Json | undefined],
): Entries {
  if (isList(desired) && isList(live)) {
    const sides = { applied: isList(applied) ? applied : [], desired, live }
    return listPatch(place, name, sides, (element) =>
      // that undeclared fields go is said of the list, and meant of its elements
      mappingPatch(elementPlace(place), element, retainsKeys(place)),
    )
  }
  if (isMapping(desired) && isMapping(live)) {
    const sides = { applied: isMapping(applied) ? applied : {}, desired, live }
    const inside = mappingPatch(place, sides)
    return Object.keys(inside).length === 0 ? [] : [[name, inside]]
  }
  const isSame = desired === live || (desired === null && !isThere(live))
  return isSame ? [] : [[name, desired]]
}

function isThere(value: Json | undefined): boolean {
  return value !== undefined && value !== null
}
