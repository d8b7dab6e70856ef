export type ClusterProbeOptions = {
  /** Settles when the cluster answers us. */
  readonly ask: () => Promise<unknown>
  /** Called when it answers again. */
  readonly onBack: () => void
  readonly onError: (error: unknown) => void
}

const intervalMs = 5_000

/**
 * Notices that a cluster answers again which did not, or did not take our credentials: what waits
 * for it need not wait for its own next try. Gives the function that ends it.
 */
export function startClusterProbe({ ask, onBack, onError }: ClusterProbeOptions): () => void {
  let isAway = false
  let isAsking = false
  const look = async (): Promise<void> => {
    try {
      await ask()
      if (isAway) onBack()
      isAway = false
    } catch (error) {
      if (!isAway) onError(error)
      isAway = true
    }
  }
  const timer = setInterval(() => {
    if (isAsking) return
    isAsking = true
    void look().finally(() => {
      isAsking = false
    })
  }, intervalMs)
  return () => clearInterval(timer)
}
