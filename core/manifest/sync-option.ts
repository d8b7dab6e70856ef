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
