import type { HistoryEntry } from '../status/status.ts'

/** Entry of `operation.info` by which a rollback names the history entry it goes back to. */
export const rollbackInfo = 'driftless.dev/rollback'
/** The one by which it says why nobody had to ask for it. */
export const becauseInfo = 'driftless.dev/because'

export type RollbackRequest = {
  readonly entry: HistoryEntry
  readonly initiator: string
  readonly prune?: boolean | undefined
  readonly dryRun?: boolean | undefined
  readonly because?: string
}

/**
 * The `Application.operation` that deploys an entry of the history again: with its sources, its
 * revisions and its hooks.
 */
export function rollbackTo({ entry, initiator, prune, dryRun, because }: RollbackRequest) {
  return {
    sync: {
      revision: entry.revision,
      ...sourcesOf(entry),
      ...(prune === true && { prune }),
      ...(dryRun === true && { dryRun }),
    },
    initiatedBy: { username: initiator },
    info: [
      { name: rollbackInfo, value: String(entry.id) },
      ...(because === undefined ? [] : [{ name: becauseInfo, value: because }]),
    ],
  }
}

function sourcesOf({ source, sources = [], revisions = [] }: HistoryEntry) {
  if (sources.length > 0) return { sources, revisions }
  return source === undefined ? {} : { source }
}
