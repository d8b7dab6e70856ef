/** Epoch ms as Kubernetes writes times: RFC 3339 in UTC, whole seconds. The only calendar of core. */
export function rfc3339(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`
}

/** The moment that a time in a Kubernetes object names; undefined for anything else. */
export function epochMs(text: string | undefined): number | undefined {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) ? undefined : ms
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A duration as Go and Argo CD write it, `1h30m`, `90s`; a bare number is seconds. Undefined for anything else. */
export function durationMs(text: string | number | undefined): number | undefined {
  if (text === undefined || text === '') return undefined
  if (/^\d+$/.test(String(text))) return Number(text) * 1_000
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(String(text))) return undefined
  return [...String(text).matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (unitMs[unit] ?? 0),
    0,
  )
}

export const dayMs = 24 * 3_600_000

/** What a calendar and a clock on the wall show; months and days of the month from 1, weekdays from Sunday. */
export type WallClock = {
  readonly month: number
  readonly day: number
  readonly weekday: number
}

/** The calendar at a moment that is given as ms of the clock on the wall (as if that were UTC). */
export function wallClock(wallMs: number): WallClock {
  const date = new Date(wallMs)
  return { month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday: date.getUTCDay() }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far the clocks of a time zone (`Europe/Berlin`) are ahead of UTC at a moment; undefined for no zone. */
export function zoneOffsetMs(epochMs: number, zone: string): number | undefined {
  try {
    const format = formats.get(zone) ?? formatOf(zone)
    formats.set(zone, format)
    const part = Object.fromEntries(
      format.formatToParts(epochMs).map(({ type, value }) => [type, Number(value)]),
    )
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part
    const wall = Date.UTC(year, month - 1, day, hour, minute, second)
    return wall - Math.floor(epochMs / 1_000) * 1_000
  } catch {
    return undefined
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  })
}
