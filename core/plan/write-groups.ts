import type { SyncChange } from '../flow.ts'
import { partsOf } from '../manifest/key.ts'

/**
 * The changes of one wave in the groups that are written side by side: neighbours of one kind,
 * whatever their group; a change of kind is a barrier (SYNC-07).
 */
export function writeGroups(changes: readonly SyncChange[]): readonly (readonly SyncChange[])[] {
  const groups: SyncChange[][] = []
  for (const change of changes) {
    const last = groups.at(-1)
    if (last?.[0] !== undefined && isAlike(last[0], change)) last.push(change)
    else groups.push([change])
  }
  return groups
}

function isAlike(a: SyncChange, b: SyncChange): boolean {
  const isSameTurn = (a.action === 'prune') === (b.action === 'prune')
  return isSameTurn && partsOf(a.key).kind === partsOf(b.key).kind
}
