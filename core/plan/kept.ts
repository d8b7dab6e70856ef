import { type Application, syncOptionFor } from '../application.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** Whether the object is never pruned (OPT-01, HELM-20); the live one says so, as it is declared no more. */
export function isKeptFromPrune(application: Application, live: Manifest): boolean {
  return syncOptionFor(application, live, 'Prune') === 'false' || isKeptByHelm(live)
}

/** Whether the object stays when its application goes (OPT-03, HELM-20). */
export function isKeptOnDelete(application: Application, live: Manifest): boolean {
  return syncOptionFor(application, live, 'Delete') === 'false' || isKeptByHelm(live)
}

function isKeptByHelm({ metadata }: Manifest): boolean {
  return metadata.annotations?.['helm.sh/resource-policy'] === 'keep'
}
