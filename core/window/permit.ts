import type { Destination } from '../application.ts'
import {
  closing,
  isActive,
  matchesWindow,
  opening,
  readWindow,
  type SyncWindow,
  type TimedWindow,
} from './window.ts'

/** Whether the windows let an application sync, and when that may change. */
export type Permit =
  | { readonly permitted: true }
  | {
      readonly permitted: false
      readonly reason: string
      /** Epoch ms at which it is worth asking again; absent when that never comes. */
      readonly until?: number
    }

export type { TimedWindow }

/** Who syncs, and when. */
export type SyncMoment = {
  readonly at: number
  /** Whether a person asked for it (WIN-04). */
  readonly manual: boolean
  /** When the operation began that is to go on (WIN-05). */
  readonly startedAt?: number
}

const permitted: Permit = { permitted: true }

/** The windows of a project that speak of the application, and what is wrong with those that cannot be read. */
export function windowsOf(
  windows: readonly SyncWindow[],
  name: string,
  destination: Destination,
): { readonly windows: readonly TimedWindow[]; readonly problems: readonly string[] } {
  const read = windows.filter((window) => matchesWindow(window, name, destination)).map(readWindow)
  return {
    windows: read.flatMap((found) => ('window' in found ? found.window : [])),
    problems: read.flatMap((found) => ('problem' in found ? found.problem : [])),
  }
}

/** WIN-03 to WIN-05: deny beats allow, and an allow that is not open denies. */
export function permitSync(windows: readonly TimedWindow[], moment: SyncMoment): Permit {
  const blockers = blockersAt(windows, moment.at)
  if (blockers.length === 0) return permitted
  if (moment.manual && blockers.every(({ manualSync }) => manualSync === true)) return permitted
  if (mayOverrun(windows, blockers, moment)) return permitted
  const [first] = blockers
  const kind = first?.kind === 'deny' ? 'a deny window is open' : 'no allow window is open'
  const until = unblocked(windows, moment)
  const when = `${first?.schedule} for ${first?.duration}${first?.timeZone ? ` in ${first.timeZone}` : ''}`
  return {
    permitted: false,
    reason: `blocked by sync window: ${kind} (${when})`,
    ...(until !== undefined && { until }),
  }
}

/** The open denies; without one, and with no open allow, the allows that are closed. */
function blockersAt(windows: readonly TimedWindow[], at: number): readonly TimedWindow[] {
  const active = windows.filter((window) => isActive(window, at))
  const denies = active.filter(({ kind }) => kind === 'deny')
  if (denies.length > 0) return denies
  return active.length > 0 ? [] : windows.filter(({ kind }) => kind === 'allow')
}

/** An operation that was permitted when it began goes on when all that blocks it now lets it. */
function mayOverrun(
  windows: readonly TimedWindow[],
  blockers: readonly TimedWindow[],
  { manual, startedAt }: SyncMoment,
): boolean {
  if (startedAt === undefined) return false
  const began = permitSync(windows, { at: startedAt, manual })
  if (!began.permitted) return false
  // an allow that was closed from the begin on has no say in it
  const relevant = blockers.filter(({ kind }) => kind === 'deny')
  const opened = blockers.filter((window) => window.kind === 'allow' && isActive(window, startedAt))
  return [...relevant, ...opened].every(({ syncOverrun }) => syncOverrun === true)
}

const maxSteps = 500

/** The next moment at which the windows permit it; after many changes that do not, one to ask again. */
function unblocked(
  windows: readonly TimedWindow[],
  { at, manual }: SyncMoment,
): number | undefined {
  let now = at
  for (let step = 0; step < maxSteps; step++) {
    const changes = windows.flatMap((window) =>
      isActive(window, now) ? closing(window, now) : (opening(window, now) ?? []),
    )
    const next = Math.min(...changes)
    if (!Number.isFinite(next)) return undefined
    // windows open just after their time
    now = Math.max(next, now) + 1
    const blockers = blockersAt(windows, now)
    if (blockers.length === 0) return now
    if (manual && blockers.every(({ manualSync }) => manualSync === true)) return now
  }
  return now
}
