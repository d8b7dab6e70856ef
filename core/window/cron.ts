import { dayMs, type WallClock, wallClock } from '../time.ts'

/** A cron schedule of five fields: minute, hour, day of month, month, day of week. */
export type Cron = {
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly days: ReadonlySet<number>
  readonly months: ReadonlySet<number>
  readonly weekdays: ReadonlySet<number>
  /** Whether the day is left open by one of its two fields; else either of them chooses it. */
  readonly openDay: boolean
}

type Field = { readonly numbers: readonly number[]; readonly open: boolean }

const monthNames = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const weekdayNames = 'sun mon tue wed thu fri sat'.split(' ')
const form = /^(?:(\*|\?)|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/

/** Reads a schedule; undefined for one that Argo CD refuses too, such as `@daily` or weekday 7. */
export function parseCron(text: string): Cron | undefined {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== 5) return undefined
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts
  const minutes = readField(minute, 0, 59)
  const hours = readField(hour, 0, 23)
  const days = readField(day, 1, 31)
  const months = readField(month, 1, 12, monthNames)
  const weekdays = readField(weekday, 0, 6, weekdayNames)
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  return {
    minutes: minutes.numbers,
    hours: hours.numbers,
    days: new Set(days.numbers),
    months: new Set(months.numbers),
    weekdays: new Set(weekdays.numbers),
    openDay: days.open || weekdays.open,
  }
}

function readField(
  text: string,
  from: number,
  to: number,
  names: readonly string[] = [],
): Field | undefined {
  const all = text.split(',').map((item) => readItem(item, from, to, names))
  if (!all.every((item) => item !== undefined)) return undefined
  const numbers = [...new Set(all.flatMap((item) => item.numbers))].sort((a, b) => a - b)
  return { numbers, open: all.some(({ open }) => open) }
}

/** `*`, `5`, `1-5`, each with a step; a number with a step goes on to the end. */
function readItem(
  item: string,
  min: number,
  max: number,
  names: readonly string[],
): Field | undefined {
  const found = form.exec(item)
  if (found === null) return undefined
  const [, star, first = '', last, stride] = found
  const numberOf = (word: string): number => {
    const name = names.indexOf(word.toLowerCase())
    return name >= 0 ? name + min : /^\d+$/.test(word) ? Number(word) : Number.NaN
  }
  const from = star ? min : numberOf(first)
  const to = star ? max : last === undefined ? (stride === undefined ? from : max) : numberOf(last)
  const step = stride === undefined ? 1 : Number(stride)
  if (!(from >= min && to <= max && from <= to && step > 0)) return undefined
  const numbers: number[] = []
  for (let value = from; value <= to; value += step) numbers.push(value)
  return { numbers, open: star !== undefined && step === 1 }
}

// `29 2 *` may be eight years away
const maxDays = 9 * 366

/**
 * The first time of the schedule after a moment, both as ms of the clock on the wall; undefined when
 * there is none, as for the 30th of February.
 */
export function nextTime(cron: Cron, after: number): number | undefined {
  const begin = Math.floor(after / dayMs) * dayMs
  for (let day = 0; day <= maxDays; day++) {
    const midnight = begin + day * dayMs
    if (!isDay(cron, wallClock(midnight))) continue
    for (const hour of cron.hours) {
      // the last minute of the hour decides whether the hour is over
      if (midnight + (hour * 60 + 59) * 60_000 <= after) continue
      for (const minute of cron.minutes) {
        const time = midnight + (hour * 60 + minute) * 60_000
        if (time > after) return time
      }
    }
  }
  return undefined
}

function isDay(cron: Cron, { month, day, weekday }: WallClock): boolean {
  if (!cron.months.has(month)) return false
  const [byDate, byWeekday] = [cron.days.has(day), cron.weekdays.has(weekday)]
  return cron.openDay ? byDate && byWeekday : byDate || byWeekday
}
