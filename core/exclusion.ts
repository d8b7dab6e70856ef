import { globMatch } from './glob.ts'
import { listAt } from './manifest/field.ts'

/** Kinds that the settings name: groups and clusters are globs, an empty list means all. */
export type KindRule = {
  readonly apiGroups: readonly string[]
  readonly kinds: readonly string[]
  readonly clusters: readonly string[]
}

/** Which kinds are left alone: `resource.exclusions` and `resource.inclusions` of the settings (DIFF-16). */
export type KindRules = {
  readonly exclusions: readonly KindRule[]
  readonly inclusions: readonly KindRule[]
}

/** What clusters write for themselves, by the thousand: nobody deploys it. */
const always: readonly KindRule[] = [
  { apiGroups: ['events.k8s.io', 'metrics.k8s.io'], kinds: [], clusters: [] },
  { apiGroups: [''], kinds: ['Event'], clusters: [] },
  { apiGroups: ['coordination.k8s.io'], kinds: ['Lease'], clusters: [] },
]

/** What is left alone where the settings say nothing. */
export const noKindRules: KindRules = { exclusions: [], inclusions: [] }

/** Reads both settings; what is no list of rules is none. */
export function readKindRules(settingOf: (key: string) => unknown): KindRules {
  return {
    exclusions: listAt(settingOf('resource.exclusions')).map(readRule),
    inclusions: listAt(settingOf('resource.inclusions')).map(readRule),
  }
}

function readRule(rule: unknown): KindRule {
  const texts = (field: string) => listAt(rule, field).map(String)
  return { apiGroups: texts('apiGroups'), kinds: texts('kinds'), clusters: texts('clusters') }
}

/**
 * Whether objects of the kind are left alone in the cluster with this address: an exclusion wins, and
 * where there are inclusions only what they name is ours (DIFF-16).
 */
export function isExcluded(
  { exclusions, inclusions }: KindRules,
  { group, kind }: { readonly group: string; readonly kind: string },
  server: string,
): boolean {
  const speaksOf = ({ apiGroups, kinds, clusters }: KindRule) =>
    isNamed(apiGroups, (glob) => globMatch(glob, group)) &&
    isNamed(kinds, (name) => name === '*' || name === kind) &&
    isNamed(clusters, (glob) => globMatch(glob, server))
  if ([...always, ...exclusions].some(speaksOf)) return true
  return inclusions.length > 0 && !inclusions.some(speaksOf)
}

function isNamed(list: readonly string[], names: (entry: string) => boolean): boolean {
  return list.length === 0 || list.some(names)
}
