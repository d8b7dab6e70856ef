import { isMapping } from '../manifest/field.ts'
import type { Json, JsonObject, Manifest } from '../manifest/manifest.ts'
import { isNamed } from './element-name.ts'

/** The object without the fields that these managers own of the live one (DIFF-06). */
export function withoutOwned(
  object: Manifest,
  live: Manifest,
  managers: readonly string[],
): Manifest {
  const sets = (live.metadata.managedFields ?? [])
    .filter(({ manager = '' }) => managers.includes(manager))
    .map(({ fieldsV1 }) => fieldsV1 ?? {})
  let left = object
  for (const fields of sets) left = without(left, fields) as Manifest
  return left
}

function without(value: unknown, fields: JsonObject): unknown {
  if (Array.isArray(value)) return withoutItems(value, fields)
  if (!isMapping(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]) => {
      const owned: unknown = fields[`f:${key}`]
      if (!isMapping(owned)) return [[key, field]]
      return isWhole(owned) ? [] : [[key, without(field, owned as JsonObject)]]
    }),
  )
}

function withoutItems(list: readonly Json[], fields: JsonObject): readonly unknown[] {
  return list.flatMap((item) => {
    const name = Object.keys(fields).find((key) => key !== '.' && isNamed(item, key))
    const owned: unknown = name === undefined ? undefined : fields[name]
    if (!isMapping(owned)) return [item]
    return isWhole(owned) ? [] : [without(item, owned as JsonObject)]
  })
}

/** A field that is owned as one, or a mapping of which nothing further is. */
function isWhole(fields: object): boolean {
  return Object.keys(fields).every((name) => name === '.')
}
