import { kindBroughtBy, kindNameOf } from '../manifest/crd.ts'
import type { Manifest } from '../manifest/manifest.ts'

/** What exists only once the plan has run: namespaces by name, kinds as `group/kind`. */
export type Brought = {
  readonly namespaces: ReadonlySet<string>
  readonly kinds: ReadonlySet<string>
}

/** What these objects bring; a namespace that is created for them is given by its name. */
export function broughtBy(created: readonly Manifest[], namespace?: string): Brought {
  const names = created
    .filter((manifest) => kindNameOf(manifest) === '/Namespace')
    .map(({ metadata }) => metadata.name ?? '')
  return {
    namespaces: new Set(namespace === undefined ? names : [...names, namespace]),
    kinds: new Set(created.flatMap((manifest) => kindBroughtBy(manifest) ?? [])),
  }
}

/** Whether the API server can only judge the object when the plan has brought what it needs. */
export function needsBrought(manifest: Manifest, { namespaces, kinds }: Brought): boolean {
  return namespaces.has(manifest.metadata.namespace ?? '') || kinds.has(kindNameOf(manifest))
}
