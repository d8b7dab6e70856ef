import type { ConditionText } from '../flow.ts'
import { groupOf } from './key.ts'
import type { ParsedManifest } from './yaml.ts'

const shown = 3

/** Tells kinds that the settings leave alone (DIFF-16). */
export type LeavesAlone = (kind: { readonly group: string; readonly kind: string }) => boolean

/** What is declared of kinds that are ours, and what to tell of the others: they are not deployed. */
export function withoutExcluded(
  parsed: readonly ParsedManifest[],
  leavesAlone: LeavesAlone,
): { readonly left: readonly ParsedManifest[]; readonly warnings: readonly ConditionText[] } {
  const excluded = Map.groupBy(parsed, ({ manifest: { apiVersion, kind } }) => {
    const group = groupOf(apiVersion)
    return leavesAlone({ group, kind }) ? `${group}/${kind}` : ''
  })
  const { '': left = [], ...others } = Object.fromEntries(excluded)
  return { left, warnings: Object.entries(others).map(([kind, all]) => warning(kind, all)) }
}

function warning(kind: string, all: readonly ParsedManifest[]): ConditionText {
  const places = all.slice(0, shown).map(({ file, line }) => `${file}:${line}`)
  const more = all.length > shown ? ` and ${all.length - shown} more` : ''
  return {
    type: 'ExcludedResourceWarning',
    message: `${kind} is left alone by resource.exclusions or resource.inclusions of argocd-cm, or always; not deployed: ${places.join(', ')}${more}`,
  }
}
