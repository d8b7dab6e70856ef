import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { digestOf } from '../core/digest.ts'

/** What is declared of one cluster, for whoever works with what was declared when he looked. */
export type Declaration = {
  set(declared: DeclaredCluster | undefined): void
  /** As it is now. */
  take(): DeclaredCluster | undefined
  /** Settles when it is not any more what was taken last. */
  changed(): Promise<void>
}

export function createDeclaration(first: DeclaredCluster | undefined): Declaration {
  let current = first
  let taken = first
  let waiting = Promise.withResolvers<void>()
  const isTaken = (): boolean => digestOf(current ?? null) === digestOf(taken ?? null)
  return {
    set(declared) {
      current = declared
      if (!isTaken()) waiting.resolve()
    },
    take() {
      taken = current
      waiting = Promise.withResolvers<void>()
      return current
    },
    changed: () => (isTaken() ? waiting.promise : Promise.resolve()),
  }
}
