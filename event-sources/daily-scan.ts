export type DailyScanOptions = {
  readonly scan: () => Promise<void>
  /** 0 means never. */
  readonly intervalMs: number
  readonly onError: (error: unknown) => void
}

// after a start there is more urgent work; a worker that is started anew every day scans all the same
const firstAfterMs = 10 * 60_000
// workers of several clusters that start together must not stay together
const jitter = 0.2

/** Scans once per interval, for the whole cluster; gives the function that ends it. */
export function startDailyScan({ scan, intervalMs, onError }: DailyScanOptions): () => void {
  let timer: NodeJS.Timeout | undefined
  let isStopped = intervalMs === 0
  const schedule = (afterMs: number): void => {
    if (isStopped) return
    timer = setTimeout(
      () => {
        scan()
          .catch(onError)
          .finally(() => schedule(intervalMs))
      },
      afterMs * (1 + (Math.random() - 0.5) * jitter),
    )
  }
  schedule(Math.min(intervalMs, firstAfterMs))
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
