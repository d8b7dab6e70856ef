import type { Proof } from '../../core/diff/proof.ts'
import type { ResourceKey } from '../../core/manifest/key.ts'

/**
 * The proofs of equality, by object. What an apply does to our fields depends on our fields alone,
 * so a proof holds while the owned set, its values and those of what is declared besides stay,
 * whatever else changes in the object.
 */
export type SettledObjects = {
  get(key: ResourceKey): Proof | undefined
  set(key: ResourceKey, proof: Proof): void
  delete(key: ResourceKey): void
}

/** Empty after a restart: the first comparison proves anew. */
export function createSettledObjects(): SettledObjects {
  return new Map<ResourceKey, Proof>()
}
