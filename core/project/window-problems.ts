import type { AppProjectSpec } from './schema.ts'

type SyncWindow = NonNullable<AppProjectSpec['syncWindows']>[number]

/** A window that stands there twice cannot be meant (WIN-10). */
export function windowProblems({ syncWindows = [] }: AppProjectSpec): readonly string[] {
  const known = new Set<string>()
  return syncWindows.flatMap((window) => {
    const id = identityOf(window)
    const isAgain = known.has(id)
    known.add(id)
    return isAgain
      ? [`syncWindows: ${shownWindow(window)} stands there twice; keep one of them`]
      : []
  })
}

/** The windows that speak of nobody (WIN-02): they neither permit nor deny anything. */
export function idleWindows({ syncWindows = [] }: AppProjectSpec): readonly string[] {
  return syncWindows
    .filter(
      ({ applications = [], namespaces = [], clusters = [] }) =>
        applications.length + namespaces.length + clusters.length === 0,
    )
    .map((window) => `${shownWindow(window)} names no application, namespace or cluster`)
}

function shownWindow({ kind, schedule, duration }: SyncWindow): string {
  return `${kind} ${schedule} for ${duration}`
}

/** When it is open, and for whom; not what it then lets happen. */
function identityOf({ manualSync: _, syncOverrun: __, description: ___, ...window }: SyncWindow) {
  const { andOperator = false, timeZone, ...rest } = window
  const fields = Object.entries({ ...rest, andOperator, timeZone: timeZone || 'UTC' })
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}
