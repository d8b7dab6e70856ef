import type { Manifest } from './manifest.ts'

const annotation = 'argocd.argoproj.io/sync-options'

/** What the object's own annotation says of an option, such as `false` for `Prune`; the last one counts. */
export function syncOptionOf({ metadata }: Manifest, name: string): string | undefined {
  const given = (metadata.annotations?.[annotation] ?? '')
    .split(',')
    .map((part) => part.trim())
    .findLast((part) => part.startsWith(`${name}=`))
  return given?.slice(name.length + 1)
}

/** Whether the object stays when it is no longer declared (OPT-01, HELM-20). */
export function isKeptOnPrune(manifest: Manifest): boolean {
  return hasSyncOption(manifest, 'Prune=false') || isKeptByHelm(manifest)
}

/** Whether the object stays when its application goes (OPT-03, HELM-20). */
export function isKeptOnDelete(manifest: Manifest): boolean {
  return hasSyncOption(manifest, 'Delete=false') || isKeptByHelm(manifest)
}

function isKeptByHelm({ metadata }: Manifest): boolean {
  return metadata.annotations?.['helm.sh/resource-policy'] === 'keep'
}

function hasSyncOption(manifest: Manifest, option: string): boolean {
  const text = manifest.metadata.annotations?.[annotation] ?? ''
  return text.split(',').some((part) => part.trim() === option)
}
