import { digestOf } from '../digest.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isTerminating } from '../status/status.ts'

const ours = /^([a-z0-9-]+\.)*(argoproj\.io|driftless\.dev)\//

/**
 * Digest of everything about an Application that can call for work.
 * Status is not part of it, so our own status writes are not changes, but for the one field by which
 * others end an operation; kubectl's annotations neither.
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
    ...(isTerminating(application) ? ['terminate'] : []),
  ])
}
