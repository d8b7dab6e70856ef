import type { Destination } from '../application.ts'
import { globMatch } from '../glob.ts'
import type { AppProjectSpec } from '../project/schema.ts'
import { durationMs, zoneOffsetMs } from '../time.ts'
import { type Cron, nextTime, parseCron } from './cron.ts'

/** A sync window as an AppProject declares it (WIN-01). */
export type SyncWindow = NonNullable<AppProjectSpec['syncWindows']>[number]

/** A window whose times are understood. */
export type TimedWindow = SyncWindow & { readonly cron: Cron; readonly lengthMs: number }

/** The window with its times, or what is wrong with them. */
export function readWindow(
  window: SyncWindow,
): { readonly window: TimedWindow } | { readonly problem: string } {
  const { kind, schedule = '', duration = '', timeZone } = window
  if (kind !== 'allow' && kind !== 'deny') {
    return { problem: `kind: ${kind ?? 'nothing'} is neither allow nor deny` }
  }
  const cron = parseCron(schedule)
  if (cron === undefined) {
    return { problem: `schedule: ${schedule} is not a cron schedule of five fields` }
  }
  const lengthMs = /[a-z]$/.test(duration) ? durationMs(duration) : undefined
  if (lengthMs === undefined) {
    return { problem: `duration: ${duration} is not a duration such as 90m or 1h30m` }
  }
  if (timeZone && zoneOffsetMs(0, timeZone) === undefined) {
    return { problem: `timeZone: there is no ${timeZone}; name one such as Europe/Berlin` }
  }
  return { window: { ...window, cron, lengthMs } }
}

/** Whether the window speaks of the application: one of its lists names it, or all with `andOperator` (WIN-02). */
export function matchesWindow(
  { applications = [], namespaces = [], clusters = [], andOperator }: SyncWindow,
  name: string,
  destination: Destination,
): boolean {
  const names = (globs: readonly string[], ...values: readonly (string | undefined)[]) =>
    globs.length === 0
      ? []
      : [globs.some((glob) => values.some((value) => !!value && globMatch(glob, value)))]
  const verdicts = [
    ...names(applications, name),
    ...names(clusters, destination.name, destination.server),
    ...names(namespaces, destination.namespace),
  ]
  if (andOperator === true) return verdicts.length > 0 && !verdicts.includes(false)
  return verdicts.includes(true)
}

/** Whether the window is open at a moment; the clocks are those of its time zone, UTC by default (WIN-11). */
export function isActive(window: TimedWindow, at: number): boolean {
  const opened = opening(window, at - window.lengthMs)
  return opened !== undefined && opened < at
}

/** When the window opens next after a moment. */
export function opening({ cron, timeZone }: TimedWindow, after: number): number | undefined {
  const offsetAt = (epochMs: number) => (timeZone ? (zoneOffsetMs(epochMs, timeZone) ?? 0) : 0)
  const wall = nextTime(cron, after + offsetAt(after))
  if (wall === undefined) return undefined
  // the offset of the day on which it opens, which clocks may have been set for since
  return wall - offsetAt(wall - offsetAt(after))
}

/** When what is open now may close: the end of the part that began first. */
export function closing(window: TimedWindow, at: number): number {
  return (opening(window, at - window.lengthMs) ?? at) + window.lengthMs
}
