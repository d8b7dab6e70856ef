import type { Destination } from '../../../core/application.ts'
import { epochMs } from '../../../core/time.ts'
import { permitSync } from '../../../core/window/permit.ts'
import {
  isActive,
  matchesWindow,
  readWindow,
  type SyncWindow,
  type TimedWindow,
} from '../../../core/window/window.ts'
import { attempt, feed } from '../corpus.ts'

type Active = {
  readonly question: string
  readonly windows: readonly SyncWindow[]
  readonly now: string
  readonly expected: {
    readonly active?: boolean
    readonly count?: number
    readonly index?: number
    readonly error?: boolean
  }
}

/** Which windows are open. */
export const active = feed<Active>(({ question, windows, now, expected }) => {
  const wanted = question === 'inactive allow windows'
  const found = attempt(() => {
    const at = epochMs(now) ?? 0
    const read = timed(windows)
    return read.flatMap((window, index) => {
      const is = isActive(window, at)
      return (wanted ? !is && window.kind === 'allow' : is) ? index : []
    })
  })
  if ('error' in found) return { expected, got: found }
  const got = { active: found.length > 0, count: found.length, index: found[0] }
  return {
    expected,
    got: Object.fromEntries(
      Object.keys(expected).map((key) => [key, got[key as keyof typeof got]]),
    ),
  }
})

type CanSync = {
  readonly windows: readonly SyncWindow[]
  readonly now: string
  readonly manual: boolean
  readonly operation_started: string | null
}

/** Whether the windows let an operation be. */
export const canSync = feed<CanSync>(
  ({ windows, now, manual, operation_started: started, expected }) => {
    const startedAt = epochMs(started ?? undefined)
    const moment = { at: epochMs(now) ?? 0, manual, ...(startedAt !== undefined && { startedAt }) }
    const got = attempt(() => permitSync(timed(windows), moment))
    return { expected, got: 'error' in got ? got : { can_sync: got.permitted } }
  },
)

type Match = {
  readonly window: SyncWindow
  readonly app: { readonly name: string; readonly destination: Destination }
}

/** Whether a window speaks of an application. */
export const match = feed<Match>(({ window, app, expected }) => ({
  expected,
  got: { matches: matchesWindow(window, app.name, app.destination) },
}))

function timed(windows: readonly SyncWindow[]): readonly TimedWindow[] {
  return windows.map((window) => {
    const found = readWindow(window)
    if ('problem' in found) throw new Error(found.problem)
    return found.window
  })
}
