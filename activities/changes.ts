import type { Cluster } from '../clients/kube/cluster.ts'

/** A subscription to what changes in one application's objects. */
export type Changes = {
  /** Settles at the next change since the last call, or after this long. */
  next(withinMs: number): Promise<void>
}

type Waiter = () => void
const waiters = new WeakMap<Cluster, Map<string, Set<Waiter>>>()

/** Follows the objects with this label until `stop`; nothing between two calls of `next` is missed. */
export function followChanges(cluster: Cluster, label: string): Changes & { stop(): void } {
  let changed = false
  let wake: (() => void) | undefined
  const waiter = (): void => {
    changed = true
    wake?.()
  }
  const byLabel = waitersOf(cluster)
  const mine = byLabel.get(label) ?? new Set()
  byLabel.set(label, mine.add(waiter))
  return {
    async next(withinMs) {
      if (!changed && withinMs > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, withinMs)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      changed = false
      wake = undefined
    },
    stop: () => {
      mine.delete(waiter)
      if (mine.size === 0) byLabel.delete(label)
    },
  }
}

function waitersOf(cluster: Cluster): Map<string, Set<Waiter>> {
  const known = waiters.get(cluster)
  if (known !== undefined) return known
  const byLabel = new Map<string, Set<Waiter>>()
  waiters.set(cluster, byLabel)
  cluster.live.subscribe(({ label }) => {
    for (const waiter of [...(byLabel.get(label) ?? [])]) waiter()
  })
  return byLabel
}
