const firstPauseMs = 100
const lastPauseMs = 10_000

/** Repeats until it succeeds, with growing pauses; every failure is told. */
export async function retryForever(
  attempt: () => Promise<void>,
  onError: (error: unknown) => void,
): Promise<void> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
    try {
      await attempt()
      return
    } catch (error) {
      onError(error)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}
