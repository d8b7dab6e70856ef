import type { JsonObject, ManagedFields, Manifest } from '../manifest/manifest.ts'
import { argoCdManagers } from '../manifest/tracking.ts'
import {
  fieldManager,
  isApplyOfOurs,
  isClientSideOfOurs,
  isUpdateOfOurs,
  setAt,
  withoutCopy,
} from './managers.ts'

const kubectl = 'kubectl-client-side-apply'
const migrationManager = 'argocd.argoproj.io/client-side-apply-migration-manager'

/** Whether kubectl is taken over from as well (OPT-13). */
export type AdoptOptions = {
  readonly adoptKubectl: boolean
  /** Whether we go on on the client's side, where nothing has to be taken over. */
  readonly clientSide?: boolean
}

/**
 * Whether fields of the live object belong to somebody who applied it before us, and whom we replace:
 * also to ourselves, from when we applied it on the client's side (OPT-12).
 */
export function isToBeAdopted(live: Manifest, options: AdoptOptions): boolean {
  if (options.clientSide === true) return false
  return (live.metadata.managedFields ?? []).some((entry) => isBefore(live, entry, options))
}

/**
 * The owners of the object's fields after ours has taken over those of kubectl's client-side apply
 * and of Argo CD (OPT-13, KEP-555): what is declared no more is removed by our next apply, and what
 * others set stays theirs. kubectl's copy of the object is left to nobody, our own goes with the next
 * apply. Undefined when there is nothing to take over.
 */
export function adoptedOwners(
  live: Manifest,
  options: AdoptOptions,
): readonly ManagedFields[] | undefined {
  const owners = live.metadata.managedFields ?? []
  if (!isToBeAdopted(live, options)) return undefined
  const isTaken = (entry: ManagedFields) => isBefore(live, entry, options) || isUpdateOfOurs(entry)
  const taken = owners.filter(isTaken)
  const others = owners.filter((entry) => !isTaken(entry) && !isApplyOfOurs(entry))
  const ours = owners.find(isApplyOfOurs)
  const sets = [
    ...taken.map((entry) =>
      isUpdateOfOurs(entry) ? fieldsOf(entry) : withoutCopy(fieldsOf(entry)),
    ),
    ...(ours === undefined ? [] : [fieldsOf(ours)]),
  ]
  const head = headOf(ours ?? taken[0])
  return [
    ...others,
    { ...head, manager: fieldManager, operation: 'Apply', fieldsV1: sets.reduce(union, {}) },
  ]
}

/**
 * The owners of the object's fields when we go on by applying on the client's side (OPT-12): what we
 * own as whoever applies on the server's side is ours as whoever updates. Undefined when that is
 * so already.
 */
export function updatingOwners(live: Manifest): readonly ManagedFields[] | undefined {
  const owners = live.metadata.managedFields ?? []
  const ours = owners.filter((entry) => isApplyOfOurs(entry) || isUpdateOfOurs(entry))
  if (!ours.some(isApplyOfOurs)) return undefined
  const fieldsV1 = ours.map(fieldsOf).reduce(union, {})
  const others = owners.filter((entry) => !ours.includes(entry))
  return [...others, { ...headOf(ours[0]), operation: 'Update', fieldsV1 }]
}

function headOf(entry: ManagedFields = {}): ManagedFields {
  const { time: _time, ...head } = entry as ManagedFields & { readonly time?: string }
  return head
}

function fieldsOf({ fieldsV1 = {} }: ManagedFields): JsonObject {
  return fieldsV1
}

function isBefore(
  { metadata }: Manifest,
  entry: ManagedFields,
  { adoptKubectl }: AdoptOptions,
): boolean {
  const { manager = '', operation, subresource } = entry
  if (subresource) return false
  if (argoCdManagers.has(manager) || isClientSideOfOurs(entry)) return true
  if (!adoptKubectl || operation !== 'Update') return false
  return manager === (metadata.annotations?.[migrationManager] ?? kubectl)
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...names].map((name) => [name, union(setAt(a, name), setAt(b, name))]))
}
