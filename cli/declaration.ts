import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { digestOf } from '../core/digest.ts'

/** What is declared of one cluster, for whoever works with what was declared when he looked. */
export type Declaration = {
  set(declared: DeclaredCluster | undefined): void
  /** What was taken is to be taken again, although nothing else is declared. */
  renew(): void
  /** As it is now. */
  take(): DeclaredCluster | undefined
  /** Settles when there is something to take that was not taken yet. */
  changed(): Promise<void>
}

export function createDeclaration(first: DeclaredCluster | undefined): Declaration {
  let current = first
  let taken = digestOf(first ?? null)
  let waiting = Promise.withResolvers<void>()
  return {
    set(declared) {
      current = declared
      if (digestOf(declared ?? null) !== taken) waiting.resolve()
    },
    renew: () => waiting.resolve(),
    take() {
      taken = digestOf(current ?? null)
      waiting = Promise.withResolvers<void>()
      return current
    },
    changed: () => waiting.promise,
  }
}
