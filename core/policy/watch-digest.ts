import { digestOf } from '../digest.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isTerminating } from '../status/status.ts'
import { isHookFinalizer } from './finalizers.ts'

const ours = /^([a-z0-9-]+\.)*(argoproj\.io|driftless\.dev)\//

/**
 * Digest of everything about an Application that can call for work.
 * Status is not part of it, so our own status writes are not changes, but for the one field by which
 * others end an operation; kubectl's annotations neither. Nor are the finalizers that a comparison
 * puts on for the hooks of a deletion, as long as there is none.
 */
export function watchDigest(application: Manifest): string {
  const { uid, deletionTimestamp, finalizers = [], annotations = {} } = application.metadata
  const annotated = Object.entries(annotations).filter(([name]) => ours.test(name))
  return digestOf([
    uid ?? '',
    application.spec ?? null,
    application.operation ?? null,
    deletionTimestamp ?? null,
    deletionTimestamp === undefined
      ? finalizers.filter((name) => !isHookFinalizer(name))
      : finalizers,
    Object.fromEntries(annotated),
    ...(isTerminating(application) ? ['terminate'] : []),
  ])
}
