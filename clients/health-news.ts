/**
 * What was last told of the health of each application, by label: the verdicts on its objects as
 * core/status/application-health.ts puts them into one text. News is what differs from it.
 * While an operation looks at its objects itself, nobody needs to be told.
 */
export type HealthNews = {
  told(label: string): string | undefined
  tell(label: string, verdicts: string): void
  /** Somebody looks by himself from now on; ends with `look`'s end, or by itself soon after the work. */
  attend<T>(label: string, work: () => Promise<T>): Promise<T>
  isAttended(label: string): boolean
  /** How many applications are attended now. */
  attended(): number
  /** Others have told meanwhile: what we said is not what is known. */
  forget(): void
}

// between the end of one step and the begin of the next that looks; long under load
const handOverMs = 3_000

export function createHealthNews(now: () => number): HealthNews {
  const known = new Map<string, string>()
  const attendedUntil = new Map<string, number>()
  return {
    told: (label) => known.get(label),
    tell: (label, verdicts) => {
      known.set(label, verdicts)
      attendedUntil.delete(label)
    },
    attended: () => [...attendedUntil.values()].filter((until) => until > now()).length,
    forget: () => known.clear(),
    async attend(label, work) {
      attendedUntil.set(label, Number.POSITIVE_INFINITY)
      try {
        return await work()
      } finally {
        if (attendedUntil.has(label)) attendedUntil.set(label, now() + handOverMs)
      }
    },
    isAttended(label) {
      const until = attendedUntil.get(label)
      if (until === undefined || until > now()) return until !== undefined
      attendedUntil.delete(label)
      return false
    },
  }
}
