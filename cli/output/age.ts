const steps: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
]

/** How long ago, as kubectl says it: `3d`, `5h`, `12m`, `40s`. */
export function age(since: string | undefined, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since ?? '')) / 1000))
  if (Number.isNaN(seconds)) return ''
  for (const [length, unit] of steps) {
    if (seconds >= length) return `${Math.floor(seconds / length)}${unit}`
  }
  return `${seconds}s`
}
