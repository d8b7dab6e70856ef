import { digestOf } from '../digest.ts'
import type { Manifest } from '../manifest/manifest.ts'

const ours = /^([a-z0-9-]+\.)*(argoproj\.io|driftless\.dev)\//

/**
 * Digest of everything about an Application that can call for work.
 * Status is not part of it, so our own status writes are not changes; kubectl's annotations neither.
 */
export function watchDigest(application: Manifest): string {
  const { uid, deletionTimestamp, finalizers = [], annotations = {} } = application.metadata
  const annotated = Object.entries(annotations).filter(([name]) => ours.test(name))
  return digestOf([
    uid ?? '',
    application.spec ?? null,
    application.operation ?? null,
    deletionTimestamp ?? null,
    finalizers,
    Object.fromEntries(annotated),
  ])
}
