import type { Manifest } from '../manifest/manifest.ts'
import { compareOrdered, type Ordered, waveOf } from './order.ts'

/** Deletion order (HIST-05): highest wave first, inside a wave the kinds in reverse. */
export function pruneOrder(manifests: readonly Manifest[]): readonly Ordered[] {
  return manifests
    .map((manifest): Ordered => ({ manifest, phase: 'Sync', wave: waveOf(manifest) }))
    .sort((a, b) => compareOrdered(b, a))
}
