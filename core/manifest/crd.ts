import { groupOf } from './key.ts'
import type { Manifest } from './manifest.ts'

/** `group/kind`: what tells one kind from another whatever its version. */
export function kindNameOf({ apiVersion = '', kind }: Manifest): string {
  return `${groupOf(apiVersion)}/${kind}`
}

export type Scope = 'namespaced' | 'cluster'

/** The scope of the kind that a CustomResourceDefinition brings. */
export function scopeBroughtBy({ spec }: Manifest): Scope {
  return (spec as { scope?: unknown } | undefined)?.scope === 'Cluster' ? 'cluster' : 'namespaced'
}

/** The kind (as `kindNameOf` names it) that a CustomResourceDefinition brings; undefined for anything else. */
export function kindBroughtBy({ kind, spec }: Manifest): string | undefined {
  if (kind !== 'CustomResourceDefinition') return undefined
  const { group, names } = (spec ?? {}) as { group?: unknown; names?: { kind?: unknown } }
  return `${group}/${names?.kind}`
}

type Version = { readonly name?: unknown; readonly served?: unknown }

/** What a CustomResourceDefinition makes the API server serve, each as `group/version/kind`. */
export function servedByCrd({ spec }: Manifest): readonly string[] {
  const { group, names, versions } = (spec ?? {}) as {
    readonly group?: unknown
    readonly names?: { readonly kind?: unknown }
    readonly versions?: readonly Version[]
  }
  if (!Array.isArray(versions)) return []
  return versions
    .filter(({ served }: Version) => served === true)
    .map(({ name }: Version) => `${group}/${name}/${names?.kind}`)
}
