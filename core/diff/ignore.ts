import type { Application } from '../application.ts'
import { ScriptError } from '../errors.ts'
import { globMatch } from '../glob.ts'
import { isMapping } from '../manifest/field.ts'
import { groupOf } from '../manifest/key.ts'
import type { Json, Manifest } from '../manifest/manifest.ts'
import { type KnownTypeField, withCanonicalFields } from './known-type.ts'
import { withoutOwned } from './owned-by-others.ts'
import { withoutPointer } from './pointer.ts'

/** One entry of `ignoreDifferences`, of an Application or of the settings (DIFF-04 to DIFF-08). */
export type IgnoreRule = NonNullable<Application['spec']['ignoreDifferences']>[number] & {
  /** Only in the settings: fields of which the spelling is ignored (DIFF-11). */
  readonly knownTypeFields?: readonly KnownTypeField[]
}

/** A Rollout has the pods of a Deployment in it (DIFF-11). */
const builtIn: readonly IgnoreRule[] = [
  {
    group: 'argoproj.io',
    kind: 'Rollout',
    knownTypeFields: [{ field: 'spec.template.spec', type: 'core/v1/PodSpec' }],
  },
]

/** What is ignored of an application's objects: by the settings, and by itself (DIFF-08). */
export function ignoreRulesOf(
  settings: readonly IgnoreRule[],
  { spec }: Pick<Application, 'spec'>,
): readonly IgnoreRule[] {
  return [...builtIn, ...settings, ...(spec.ignoreDifferences ?? [])]
}

/** The rules that speak of the object: group and kind are globs, name and namespace exact (DIFF-07). */
export function rulesFor(
  rules: readonly IgnoreRule[],
  { apiVersion, kind, metadata }: Manifest,
): readonly IgnoreRule[] {
  const group = groupOf(apiVersion)
  return rules.filter(
    (rule) =>
      globMatch(rule.group ?? '', group) &&
      globMatch(rule.kind ?? '', kind) &&
      (!rule.name || rule.name === metadata.name) &&
      (!rule.namespace || rule.namespace === metadata.namespace),
  )
}

/** Runs a jq filter; ScriptError for a filter that gives no object. */
export type RunJq = (input: unknown, filter: string) => Promise<Json>

/**
 * The object without what the rules ignore. `live` says which fields others own. What is not there
 * is no error, and a jq expression that fails ignores nothing; one that does not end is told.
 */
export async function withoutIgnored(
  object: Manifest,
  live: Manifest,
  rules: readonly IgnoreRule[],
  jq: RunJq,
): Promise<Manifest> {
  let left = object
  for (const { jsonPointers = [], jqPathExpressions = [], managedFieldsManagers = [] } of rules) {
    left = withoutOwned(left, live, managedFieldsManagers)
    for (const pointer of jsonPointers) left = withoutPointer(left, pointer)
    for (const expression of jqPathExpressions) left = await withoutPath(left, expression, jq)
  }
  return left
}

/** The object as it is compared: without what the rules ignore, and with one spelling for known types. */
export async function comparable(
  object: Manifest,
  live: Manifest,
  rules: readonly IgnoreRule[],
  jq: RunJq,
): Promise<Manifest> {
  const left = await withoutIgnored(object, live, rules, jq)
  const known = rules.flatMap(({ knownTypeFields = [] }) => knownTypeFields)
  return known.length === 0 ? left : withCanonicalFields(left, known)
}

async function withoutPath(object: Manifest, expression: string, jq: RunJq): Promise<Manifest> {
  try {
    const left = await jq(object, `del(${expression})`)
    return isMapping(left) ? (left as unknown as Manifest) : object
  } catch (error) {
    if (error instanceof ScriptError) return object
    throw error
  }
}
