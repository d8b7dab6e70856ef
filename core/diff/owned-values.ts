import { isList, isMapping } from '../manifest/field.ts'
import type { Json, JsonObject } from '../manifest/manifest.ts'
import { elementNamed } from './element-name.ts'
import { setAt } from './managers.ts'

/** The fields of a live value that a field set (`fieldsV1`) names, in the shape in which they were declared. */
export function ownedValues(value: Json, fields: JsonObject): Json {
  const names = Object.keys(fields).filter((name) => name !== '.')
  if (isList(value)) {
    if (names.length === 0) return '.' in fields ? [] : value
    return names.flatMap((name) => {
      const element = elementNamed(value, name)
      return element === undefined ? [] : [ownedValues(element, setAt(fields, name))]
    })
  }
  if (!isMapping(value)) return value
  if (names.length === 0) return '.' in fields ? {} : value
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = name.startsWith('f:') ? value[name.slice(2)] : undefined
      return field === undefined ? [] : [[name.slice(2), ownedValues(field, setAt(fields, name))]]
    }),
  )
}
