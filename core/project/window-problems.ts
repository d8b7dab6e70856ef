import type { AppProjectSpec } from './schema.ts'

type SyncWindow = NonNullable<AppProjectSpec['syncWindows']>[number]

/** What of the windows cannot be meant: one that stands there twice (WIN-10), one that names nothing (WIN-02). */
export function windowProblems({ syncWindows = [] }: AppProjectSpec): readonly string[] {
  const known = new Set<string>()
  return syncWindows.flatMap((window) => {
    const { kind, schedule, duration, applications = [], namespaces = [], clusters = [] } = window
    const shown = `syncWindows: ${kind} ${schedule} for ${duration}`
    const id = identityOf(window)
    const isAgain = known.has(id)
    known.add(id)
    return [
      ...(isAgain ? [`${shown} stands there twice; keep one of them`] : []),
      ...(applications.length + namespaces.length + clusters.length > 0
        ? []
        : [`${shown} names no application, namespace or cluster; name some, or all with "*"`]),
    ]
  })
}

/** When it is open, and for whom; not what it then lets happen. */
function identityOf({ manualSync: _, syncOverrun: __, description: ___, ...window }: SyncWindow) {
  const { andOperator = false, timeZone, ...rest } = window
  const fields = Object.entries({ ...rest, andOperator, timeZone: timeZone || 'UTC' })
  return JSON.stringify(fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}
