import { numberAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** Whether the controller has not yet seen the present spec, so that its status speaks of an older one. */
export function isStatusOld(live: Manifest): boolean {
  return (live.metadata.generation ?? 0) > (numberAt(live, 'status', 'observedGeneration') ?? 0)
}
