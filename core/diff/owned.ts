import { digestOf } from '../digest.ts'
import { isMapping } from '../manifest/field.ts'
import type { Json, JsonObject, Manifest } from '../manifest/manifest.ts'
import { elementNamed } from './element-name.ts'
import { isApplyOfOurs, isClientSide } from './managers.ts'

/** The set of fields that we own of a live object by server-side apply, as the API server keeps it (KEP-555, `fieldsV1`). */
export function ownedFields(live: Manifest): JsonObject | undefined {
  return live.metadata.managedFields?.find(isApplyOfOurs)?.fieldsV1
}

/**
 * Digest of what we own of a live object: which fields, and their values; and of the values of
 * `beyond`; and whether the copy of what we applied on the client's side is still ours. While it stays
 * what it was, nobody changed what we declared.
 */
export function ownedDigest(live: Manifest, beyond?: JsonObject): string {
  const fields = ownedFields(live)
  if (fields === undefined && beyond === undefined) return 'none'
  const values = (set: JsonObject) => project(live as unknown as Json, set)
  return digestOf([
    fields === undefined ? null : [fields, values(fields)],
    ...(beyond === undefined ? [] : [values(beyond)]),
    ...(isClientSide(live) ? ['copy'] : []),
  ])
}

/**
 * What is declared and is not ours, as a set of fields: somebody else wrote what we declare, or wrote
 * over it and back again. Undefined when all of it is ours. Lists are one field.
 */
export function declaredBeyond(desired: Manifest, live: Manifest): JsonObject | undefined {
  const fields = ownedFields(live)
  return fields === undefined ? fieldSetOf(ownable(desired)) : beyond(ownable(desired), fields)
}

function fieldSetOf(desired: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(desired).map(([name, value]) => [
      `f:${name}`,
      isMapping(value) ? fieldSetOf(value) : {},
    ]),
  )
}

function beyond(desired: Json, fields: JsonObject | undefined): JsonObject | undefined {
  if (fields === undefined) return {}
  const names = namesOf(fields)
  if (names.length === 0 && (!('.' in fields) || isEmpty(desired))) return undefined
  if (Array.isArray(desired)) return sameList(desired, fields, names) ? undefined : {}
  if (!isMapping(desired)) return undefined
  const missing = Object.entries(desired).flatMap(([key, value]) => {
    const inside = beyond(value, fields[`f:${key}`] as JsonObject | undefined)
    return inside === undefined ? [] : [[`f:${key}`, inside]]
  })
  return missing.length === 0 ? undefined : Object.fromEntries(missing)
}

/** Whether the owned set is exactly the declared set: nothing lost to others, nothing left over. */
export function ownsExactly(desired: Manifest, live: Manifest): boolean {
  const fields = ownedFields(live)
  return fields !== undefined && sameSet(ownable(desired), fields)
}

/** What of a declared object can be owned: all but its name, type and status. */
export function ownable(desired: Manifest): JsonObject {
  const { apiVersion: _version, kind: _kind, status: _status, metadata, ...rest } = desired
  const { labels, annotations, finalizers, ownerReferences } = metadata
  const head = Object.fromEntries(
    Object.entries({ labels, annotations, finalizers, ownerReferences }).filter(
      ([, value]) => value !== undefined && Object.keys(value).length > 0,
    ),
  )
  return {
    ...(rest as JsonObject),
    ...(Object.keys(head).length > 0 && { metadata: head as JsonObject }),
  }
}

/** Whether we own nothing that is not declared. */
export function ownsOnly(desired: Manifest, live: Manifest): boolean {
  return isWithin(ownedFields(live) ?? {}, ownable(desired))
}

function isWithin(fields: JsonObject, desired: Json | undefined): boolean {
  const names = namesOf(fields)
  if (desired === undefined) return false
  return names.every((name) => isWithin((fields[name] ?? {}) as JsonObject, member(desired, name)))
}

function namesOf(fields: JsonObject): readonly string[] {
  return Object.keys(fields).filter((name) => name !== '.')
}

function sameSet(desired: Json, fields: JsonObject): boolean {
  const names = namesOf(fields)
  if (names.length === 0) return !('.' in fields) || isEmpty(desired)
  if (Array.isArray(desired)) return sameList(desired, fields, names)
  if (!isMapping(desired)) return false
  const keys = Object.keys(desired)
  return (
    keys.length === names.length &&
    keys.every((key) => {
      const child = fields[`f:${key}`]
      return isMapping(child) && sameSet(desired[key] ?? null, child)
    })
  )
}

function sameList(desired: readonly Json[], fields: JsonObject, names: readonly string[]): boolean {
  if (desired.length !== names.length) return false
  const free = new Set(desired)
  for (const name of names) {
    const found = elementNamed([...free], name)
    const child = fields[name]
    if (found === undefined || !isMapping(child) || !sameSet(found, child)) return false
    free.delete(found)
  }
  return true
}

/** The part of a value that a field set covers. */
function project(value: Json | undefined, fields: JsonObject): Json {
  if (value === undefined) return null
  const names = namesOf(fields)
  if (names.length === 0) return '.' in fields ? true : value
  return Object.fromEntries(
    names.map((name) => [name, project(member(value, name), (fields[name] ?? {}) as JsonObject)]),
  )
}

function member(value: Json, name: string): Json | undefined {
  if (name.startsWith('f:')) return isMapping(value) ? value[name.slice(2)] : undefined
  if (!Array.isArray(value)) return undefined
  if (name.startsWith('i:')) return value[Number(name.slice(2))]
  return elementNamed(value, name)
}

function isEmpty(value: Json): boolean {
  return value === null || (typeof value === 'object' && Object.keys(value).length === 0)
}
