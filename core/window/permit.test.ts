import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nextTime, parseCron } from './cron.ts'
import { permitSync, windowsOf } from './permit.ts'
import { isActive, opening, readWindow, type SyncWindow, type TimedWindow } from './window.ts'

const time = (text: string): number => Date.parse(text)
function timed(window: SyncWindow): TimedWindow {
  const found = readWindow(window)
  if ('problem' in found) throw new Error(found.problem)
  return found.window
}
const nightly = { schedule: '0 22 * * *', duration: '8h' }
const day = time('2026-07-15T12:00:00Z')
const night = time('2026-07-15T23:00:00Z')
const permits = (at: number, manual: boolean, ...windows: readonly SyncWindow[]) =>
  permitSync(windows.map(timed), { at, manual }).permitted

describe('WIN-01: schedules', () => {
  test.each([
    ['*/20 9-17 * * mon-fri', '2026-07-17T17:45:00Z', '2026-07-20T09:00:00Z'],
    ['0 0 13 * 5', '2026-07-14T00:00:00Z', '2026-07-17T00:00:00Z'], // the 13th or a Friday
    ['0 0 */2 * 5', '2026-07-14T00:00:00Z', '2026-07-15T00:00:00Z'],
    ['30 4 29 feb ?', '2026-07-14T00:00:00Z', '2028-02-29T04:30:00Z'],
    ['5/30 1 * * *', '2026-07-14T01:05:00Z', '2026-07-14T01:35:00Z'],
    ['59 23 31 12 *', '2026-12-31T23:58:59Z', '2026-12-31T23:59:00Z'],
  ])('%s after %s is %s', (schedule, after, next) => {
    const cron = parseCron(schedule)
    expect(cron && nextTime(cron, time(after))).toBe(time(next))
  })

  test.each([
    '@daily',
    '* * * *',
    '* * * * 7',
    '60 * * * *',
    '5-1 * * * *',
    '*/0 * * * *',
    '1,,2 * * * *',
    '',
  ])('%s is refused', (schedule) => expect(parseCron(schedule)).toBeUndefined())

  test('the 30th of February never comes', () => {
    const cron = parseCron('0 0 30 2 *')
    expect(cron && nextTime(cron, day)).toBeUndefined()
  })

  const field = (max: number) => fc.oneof(fc.constant('*'), fc.nat(max).map(String))
  test('the next time is later, on the minute, and in the schedule', () => {
    fc.assert(
      fc.property(field(59), field(23), fc.integer({ min: 0, max: 2e12 }), (minute, hour, at) => {
        const cron = parseCron(`${minute} ${hour} * * *`)
        const next = cron && nextTime(cron, at)
        expect(next).toBeGreaterThan(at)
        const found = new Date(next ?? 0)
        expect(found.getTime() % 60_000).toBe(0)
        if (minute !== '*') expect(found.getUTCMinutes()).toBe(Number(minute))
        if (hour !== '*') expect(found.getUTCHours()).toBe(Number(hour))
        expect(Number(next) - at).toBeLessThanOrEqual(24 * 3_600_000)
      }),
    )
  })
})

describe('WIN-11: time zones', () => {
  const office = timed({
    kind: 'allow',
    schedule: '0 9 * * *',
    duration: '1h',
    timeZone: 'Europe/Berlin',
  })
  test('the clock on the wall decides, in summer and in winter', () => {
    expect(isActive(office, time('2026-07-15T07:30:00Z'))).toBe(true)
    expect(isActive(office, time('2026-01-15T08:30:00Z'))).toBe(true)
    expect(isActive(office, time('2026-01-15T07:30:00Z'))).toBe(false)
  })
  test('a window that spans the change of clocks is as long as it says', () => {
    const weekend = timed({
      kind: 'deny',
      schedule: '0 0 28 3 *',
      duration: '36h',
      timeZone: 'Europe/Berlin',
    })
    // clocks go forward on 2026-03-29 at 01:00 UTC; it began on the 28th at 23:00 UTC of the 27th
    expect(isActive(weekend, time('2026-03-29T10:59:00Z'))).toBe(true)
    expect(isActive(weekend, time('2026-03-29T11:01:00Z'))).toBe(false)
    expect(opening(office, time('2026-03-28T12:00:00Z'))).toBe(time('2026-03-29T07:00:00Z'))
  })
  test('a zone that nobody knows is a problem', () => {
    expect(readWindow({ ...nightly, kind: 'allow', timeZone: 'Mars/Olympus' })).toMatchObject({
      problem: expect.stringContaining('Mars/Olympus'),
    })
  })
})

describe('WIN-03, WIN-04: what windows permit', () => {
  const deny = { ...nightly, kind: 'deny' }
  const allow = { ...nightly, kind: 'allow' }
  test.each([
    ['no window', [], true, true, true, true],
    ['a deny', [deny], true, true, false, false],
    ['a deny that lets people', [{ ...deny, manualSync: true }], true, true, false, true],
    ['an allow', [allow], false, false, true, true],
    ['an allow that lets people', [{ ...allow, manualSync: true }], false, true, true, true],
    [
      'one of two denies lets people',
      [{ ...deny, manualSync: true }, deny],
      true,
      true,
      false,
      false,
    ],
    ['deny beats allow', [deny, allow], false, false, false, false],
  ])('%s', (_, windows, byDay, byDayByHand, byNight, byNightByHand) => {
    expect(permits(day, false, ...windows)).toBe(byDay)
    expect(permits(day, true, ...windows)).toBe(byDayByHand)
    expect(permits(night, false, ...windows)).toBe(byNight)
    expect(permits(night, true, ...windows)).toBe(byNightByHand)
  })

  test('what is blocked is told why and until when', () => {
    expect(permitSync([timed(deny)], { at: night, manual: false })).toEqual({
      permitted: false,
      reason: 'blocked by sync window: a deny window is open (0 22 * * * for 8h)',
      until: time('2026-07-16T06:00:00Z') + 1,
    })
    expect(permitSync([timed(allow)], { at: day, manual: false })).toMatchObject({
      until: time('2026-07-15T22:00:00Z') + 1,
    })
    const never = timed({ kind: 'allow', schedule: '0 0 30 2 *', duration: '1h' })
    expect(permitSync([never], { at: day, manual: false })).not.toHaveProperty('until')
  })

  test('it is permitted at the time that was told, whatever the windows are', () => {
    const windows = fc.array(
      fc.record({
        kind: fc.constantFrom('allow', 'deny'),
        schedule: fc
          .tuple(fc.nat(59), fc.nat(23))
          .map(([minute, hour]) => `${minute} ${hour} * * *`),
        duration: fc.integer({ min: 1, max: 600 }).map((minutes) => `${minutes}m`),
      }),
      { minLength: 1, maxLength: 4 },
    )
    fc.assert(
      fc.property(windows, (all) => {
        const read = all.map(timed)
        const permit = permitSync(read, { at: day, manual: false })
        if (permit.permitted || permit.until === undefined) return
        expect(permit.until).toBeGreaterThan(day)
        // no allow window may ever be open outside of the denies
        if (permit.until - day > 3 * 24 * 3_600_000) return
        expect(permitSync(read, { at: permit.until, manual: false }).permitted).toBe(true)
      }),
    )
  })
})

describe('WIN-05: an operation that began when it was permitted', () => {
  const overrun = { ...nightly, kind: 'deny', syncOverrun: true }
  const goesOn = (startedAt: number, ...windows: readonly SyncWindow[]) =>
    permitSync(windows.map(timed), { at: night, manual: false, startedAt }).permitted
  test('goes on only when all that blocks it lets it', () => {
    expect(goesOn(day, overrun)).toBe(true)
    expect(goesOn(day, overrun, { ...nightly, kind: 'deny' })).toBe(false)
    expect(goesOn(night - 60_000, overrun)).toBe(false)
  })
  test('goes on after its allow window closed, when that lets it', () => {
    const morning = { kind: 'allow', schedule: '0 10 * * *', duration: '4h' }
    expect(goesOn(day, { ...morning, syncOverrun: true })).toBe(true)
    expect(goesOn(day, morning)).toBe(false)
  })
})

test('WIN-02: a window speaks of what one of its lists names, or with andOperator all of them', () => {
  const names = (window: SyncWindow) =>
    windowsOf([{ kind: 'deny', ...nightly, ...window }], 'shop', {
      namespace: 'web',
      server: 'https://east',
      name: 'east',
    }).windows.length === 1
  expect(names({ applications: ['sh*'] })).toBe(true)
  expect(names({ applications: ['other'], clusters: ['https://*'] })).toBe(true)
  expect(names({ applications: ['other'], namespaces: ['web'], andOperator: true })).toBe(false)
  expect(names({ applications: ['shop'], namespaces: ['web'], andOperator: true })).toBe(true)
  expect(names({})).toBe(false)
})
