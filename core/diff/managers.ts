import { lastAppliedKey } from '../manifest/last-applied.ts'
import type { JsonObject, ManagedFields, Manifest } from '../manifest/manifest.ts'

/** The field manager under which Driftless applies. */
export const fieldManager = 'driftless'

const copyField = `f:${lastAppliedKey}`

/** What we own because we declared it by server-side apply. */
export function isApplyOfOurs({ manager, operation, subresource }: ManagedFields): boolean {
  return manager === fieldManager && operation === 'Apply' && !subresource
}

/** What we own because we wrote it in another way. */
export function isUpdateOfOurs({ manager, operation, subresource }: ManagedFields): boolean {
  return manager === fieldManager && operation === 'Update' && !subresource
}

/** Whether we applied the object on the client's side last (OPT-12): the copy of what was applied is ours. */
export function isClientSide({ metadata }: Manifest): boolean {
  return (metadata.managedFields ?? []).some(isClientSideOfOurs)
}

/** The same, of one entry of its owners. */
export function isClientSideOfOurs(entry: ManagedFields): boolean {
  const annotations = setAt(setAt(entry.fieldsV1 ?? {}, 'f:metadata'), 'f:annotations')
  return isUpdateOfOurs(entry) && copyField in annotations
}

/** The set without the annotation that holds a copy of what was applied. */
export function withoutCopy(fields: JsonObject): JsonObject {
  const metadata = setAt(fields, 'f:metadata')
  const { [copyField]: copy, ...annotations } = setAt(metadata, 'f:annotations')
  if (copy === undefined) return fields
  const { 'f:annotations': _all, ...rest } = metadata
  const isEmpty = Object.keys(annotations).every((name) => name === '.')
  return {
    ...fields,
    'f:metadata': { ...rest, ...(!isEmpty && { 'f:annotations': annotations }) },
  }
}

/** The set of what lies below a name of a field set. */
export function setAt(fields: JsonObject, name: string): JsonObject {
  return (fields[name] ?? {}) as JsonObject
}
