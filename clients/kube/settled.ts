import type { ResourceKey } from '../../core/manifest/key.ts'
import type { JsonObject } from '../../core/manifest/manifest.ts'

/** What is proven of one object: this declared manifest, applied to it, changes nothing while this stays. */
export type Settled = {
  readonly desired: string
  /** As `ownedDigest` tells it, with `beyond`: what is declared and not ours. */
  readonly owned: string
  readonly beyond?: JsonObject
  /** Names what was ignored; absent when the proof holds for the whole object. */
  readonly ignored?: string
}

/**
 * The proofs of equality, by object. What an apply does to our fields depends on our fields alone,
 * so a proof holds while the owned set, its values and those of what is declared besides stay,
 * whatever else changes in the object.
 */
export type SettledObjects = {
  get(key: ResourceKey): Settled | undefined
  set(key: ResourceKey, proof: Settled): void
  delete(key: ResourceKey): void
}

/** Empty after a restart: the first comparison proves anew. */
export function createSettledObjects(): SettledObjects {
  return new Map<ResourceKey, Settled>()
}
