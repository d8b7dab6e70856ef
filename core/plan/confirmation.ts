import { type Application, syncOptionFor } from '../application.ts'
import { approvalAnnotation } from '../flow/approval.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { epochMs } from '../time.ts'

/** Whether an object goes only after a person confirmed it (OPT-02, OPT-04); its own annotation wins. */
export function isToBeConfirmed(
  application: Application,
  live: Manifest,
  option: 'Prune' | 'Delete',
): boolean {
  return syncOptionFor(application, live, option) === 'confirm'
}

/** Whether its deletion has to be confirmed at all, by whatever it is deleted. */
export function needsConfirmation(application: Application, manifest: Manifest): boolean {
  return (
    isToBeConfirmed(application, manifest, 'Prune') ||
    isToBeConfirmed(application, manifest, 'Delete')
  )
}

/** Whether a person confirmed what was begun at `since` (epoch ms); the annotation knows whole seconds. */
export function isConfirmed({ metadata }: Application, since: number): boolean {
  const approved = epochMs(metadata.annotations?.[approvalAnnotation])
  return approved !== undefined && approved >= Math.floor(since / 1_000) * 1_000
}
