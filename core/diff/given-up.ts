import { isList, isMapping } from '../manifest/field.ts'
import type { Json, JsonObject, Manifest } from '../manifest/manifest.ts'
import { elementNamed } from './element-name.ts'
import { ownable, ownedFields } from './owned.ts'
import { pointerTo } from './pointer.ts'

/**
 * The fields that we own of a live object and that are declared no more, which the next apply takes
 * away unless somebody else owns them too; as JSON pointers, the outermost of each.
 */
export function givenUpFields(desired: Manifest, live: Manifest): readonly string[] {
  const declared = { metadata: {}, ...ownable(desired) }
  return inside(ownedFields(live) ?? {}, declared, live as unknown as Json, [])
}

type Path = readonly string[]

function inside(fields: JsonObject, desired: Json | undefined, live: Json, path: Path): Path {
  return Object.keys(fields).flatMap((name): Path => {
    const [key, found] = memberOf(live, name)
    if (key === undefined || found === undefined) return []
    const [, wanted] = memberOf(desired, name)
    if (wanted === undefined) return [pointerTo([...path, key])]
    const owned = fields[name]
    return isMapping(owned) ? inside(owned, wanted, found, [...path, key]) : []
  })
}

/** What a name of a field set means in a value, and under which key. */
function memberOf(value: Json | undefined, name: string): [string?, (Json | undefined)?] {
  if (name.startsWith('f:')) {
    const key = name.slice(2)
    return isMapping(value) && Object.hasOwn(value, key) ? [key, value[key]] : []
  }
  if (!isList(value)) return []
  const found = elementNamed(value, name)
  return found === undefined ? [] : [String(value.indexOf(found)), found]
}
