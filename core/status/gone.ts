import type { HistoryEntry } from './status.ts'

type Keeping = {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined }
  readonly spec: { readonly revisionHistoryLimit?: number | undefined }
}

/** Which deployments the history has no more, and why; undefined when it has all of them. */
export function goneText(history: readonly HistoryEntry[], keeping: Keeping): string | undefined {
  const kept = new Set(history.map(({ id }) => id))
  const last = history.at(-1)?.id ?? -1
  const gone = Array.from({ length: last + 1 }, (_, id) => id).filter((id) => !kept.has(id))
  if (gone.length === 0) return undefined
  const { metadata, spec } = keeping
  const retention = metadata.annotations?.['driftless.dev/history-retention']
  const age = retention === undefined ? '' : `, none older than ${retention}`
  return `deployments ${rangesOf(gone)} are gone: the newest ${spec.revisionHistoryLimit ?? 10} are kept (spec.revisionHistoryLimit)${age}`
}

/** `0-3, 5`. */
function rangesOf(ids: readonly number[]): string {
  const ranges: { readonly first: number; last: number }[] = []
  for (const id of ids) {
    const open = ranges.at(-1)
    if (open !== undefined && open.last === id - 1) open.last = id
    else ranges.push({ first: id, last: id })
  }
  return ranges
    .map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(', ')
}
