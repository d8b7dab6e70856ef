import type { JsonObject, Manifest } from '../manifest/manifest.ts'
import { declaredBeyond, ownedDigest, ownsOnly } from './owned.ts'

/** What is proven of one object: this declared manifest, applied to it, changes nothing while it `holds`. */
export type Proof = {
  /** Set for the opposite: the apply would change something, or is refused. */
  readonly differs?: true
  /** Digest of what is declared. */
  readonly desired: string
  /** The resourceVersion of the state that it was seen in; empty when there was no object. */
  readonly at: string
  /** As `ownedDigest` tells it, with `beyond`: what is declared and not ours. */
  readonly owned: string
  readonly beyond?: JsonObject
  /** Set when it holds for that very state of the object only. */
  readonly onlyThere?: true
  /** Names what was ignored; absent when the proof holds for the whole object. */
  readonly ignored?: string
}

/** What was proven, and of which manifest. */
export type Proven = {
  readonly digest: string
  readonly manifest: Manifest
  /** Names what was ignored, where that was needed. */
  readonly ignored?: string
  /** The manifest without what is ignored: that may change as it likes. */
  readonly compared?: Manifest
  readonly differs?: boolean
}

/**
 * The proof for a live object of which it was seen whether an apply changes anything. What an apply does
 * to our fields depends on our fields alone; but a field that we own and declare no more stays only
 * as long as somebody else owns it too, and whose fields are whose is not kept of others.
 */
export function proofOf(
  { digest, manifest, ignored, compared = manifest, differs = false }: Proven,
  live: Manifest,
): Proof {
  const beyond = declaredBeyond(compared, live)
  const { resourceVersion = '' } = live.metadata
  return {
    desired: digest,
    at: resourceVersion,
    owned: ownedDigest(live, beyond),
    ...(beyond !== undefined && { beyond }),
    ...(!differs && !ownsOnly(manifest, live) && { onlyThere: true }),
    ...(ignored !== undefined && { ignored }),
    ...(differs && { differs }),
  }
}

/** Of an object that is not there: whatever comes in its place is news. */
export function proofOfMissing(digest: string): Proof {
  return { desired: digest, at: '', owned: 'missing', differs: true }
}

/** Whether nothing that the proof stands on has changed since. */
export function holds({ at, owned, beyond, onlyThere }: Proof, live: Manifest): boolean {
  // most are asked for while nothing has happened; then nothing has to be computed
  if (at !== '' && at === live.metadata.resourceVersion) return true
  if (onlyThere === true) return false
  return ownedDigest(live, beyond) === owned
}
