import type { JsonObject, ManagedFields, Manifest } from '../manifest/manifest.ts'
import { argoCdManagers } from '../manifest/tracking.ts'
import { fieldManager } from './owned.ts'

const kubectl = 'kubectl-client-side-apply'
const migrationManager = 'argocd.argoproj.io/client-side-apply-migration-manager'
const lastApplied = 'f:kubectl.kubernetes.io/last-applied-configuration'

/** Whether kubectl is taken over from as well (OPT-13). */
export type AdoptOptions = { readonly adoptKubectl: boolean }

/** Whether fields of the live object belong to somebody who applied it before us, and whom we replace. */
export function isToBeAdopted(live: Manifest, options: AdoptOptions): boolean {
  return (live.metadata.managedFields ?? []).some((entry) => isBefore(live, entry, options))
}

/**
 * The owners of the object's fields after ours has taken over those of kubectl's client-side apply
 * and of Argo CD (OPT-13, KEP-555): what is declared no more is removed by our next apply, and what
 * others set stays theirs. kubectl's copy of the object is left to nobody. Undefined when there is
 * nothing to take over.
 */
export function adoptedOwners(
  live: Manifest,
  options: AdoptOptions,
): readonly ManagedFields[] | undefined {
  const owners = live.metadata.managedFields ?? []
  const [taken, others] = [
    owners.filter((entry) => isBefore(live, entry, options)),
    owners.filter((entry) => !isBefore(live, entry, options) && !isOurs(entry)),
  ]
  if (taken.length === 0) return undefined
  const ours = owners.find(isOurs)
  const sets = [...taken, ...(ours === undefined ? [] : [ours])].map(
    ({ fieldsV1 = {} }) => fieldsV1,
  )
  const fieldsV1 = sets.reduce<JsonObject>(union, {})
  const { time: _time, ...head } = (ours ?? taken[0]) as ManagedFields & { readonly time?: string }
  return [
    ...others,
    { ...head, manager: fieldManager, operation: 'Apply', fieldsV1: withoutCopy(fieldsV1) },
  ]
}

function isOurs({ manager, operation, subresource }: ManagedFields): boolean {
  return manager === fieldManager && operation === 'Apply' && !subresource
}

function isBefore(
  { metadata }: Manifest,
  { manager = '', operation, subresource }: ManagedFields,
  { adoptKubectl }: AdoptOptions,
): boolean {
  if (subresource) return false
  if (argoCdManagers.has(manager)) return true
  if (!adoptKubectl || operation !== 'Update') return false
  return manager === (metadata.annotations?.[migrationManager] ?? kubectl)
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...names].map((name) => [name, union(setAt(a, name), setAt(b, name))]))
}

function setAt(fields: JsonObject, name: string): JsonObject {
  return (fields[name] ?? {}) as JsonObject
}

function withoutCopy(fields: JsonObject): JsonObject {
  const metadata = setAt(fields, 'f:metadata')
  const { [lastApplied]: _copy, ...annotations } = setAt(metadata, 'f:annotations')
  if (_copy === undefined) return fields
  const { 'f:annotations': _all, ...rest } = metadata
  const isEmpty = Object.keys(annotations).every((name) => name === '.')
  return {
    ...fields,
    'f:metadata': { ...rest, ...(!isEmpty && { 'f:annotations': annotations }) },
  }
}
