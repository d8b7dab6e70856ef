import type { IgnoreRule } from './diff/ignore.ts'
import { readKnownTypes } from './diff/known-type.ts'
import { type KindRules, noKindRules, readKindRules } from './exclusion.ts'
import { globMatch } from './glob.ts'
import { fieldAt, listAt } from './manifest/field.ts'
import { groupOf } from './manifest/key.ts'
import type { Manifest } from './manifest/manifest.ts'
import { annotationOnly, type Marks, readMarks } from './manifest/tracking.ts'
import { readYaml } from './render/read-yaml.ts'

/** A script that tells the health of a kind (HEALTH-21). */
export type HealthScript = { readonly lua: string; readonly openLibs: boolean }

/** What the settings say of kinds: `resource.customizations…` of the ConfigMap argocd-cm. */
export type Customizations = {
  /** By `group/Kind`, which may hold `*`; core kinds have no group and no slash. */
  readonly health: ReadonlyMap<string, HealthScript>
  readonly ignore: readonly IgnoreRule[]
  /** Annotations of Secrets that are values as well (DIFF-14). */
  readonly hiddenAnnotations: readonly string[]
  readonly marks: Marks
  /** Which kinds are left alone (DIFF-16). */
  readonly kinds: KindRules
  /** What could not be read. */
  readonly problems: readonly string[]
}

/** What they say of kinds where nothing is set. */
export const noCustomizations: Customizations = {
  health: new Map(),
  ignore: [],
  hiddenAnnotations: [],
  marks: annotationOnly,
  kinds: noKindRules,
  problems: [],
}

type ReadYaml = (text: string, what: string) => object

const setting = 'resource.customizations'
const ownKey = /^resource\.customizations\.(health|ignoreDifferences|knownTypeFields)\.(.+)$/
const lists = ['jsonPointers', 'jqPathExpressions', 'managedFieldsManagers'] as const

/**
 * Reads the settings in both of their forms: one YAML for all kinds, and a key for each
 * (`resource.customizations.health.<group>_<kind>`), which wins. What is no YAML is left out and told.
 */
export function readCustomizations(data: Readonly<Record<string, string>>): Customizations {
  const health = new Map<string, HealthScript>()
  const ignore: IgnoreRule[] = []
  const problems: string[] = []
  const read: ReadYaml = (text, what) => {
    try {
      return text.trim() === '' ? {} : readYaml(text, what)
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return {}
    }
  }
  for (const { kind, subject, value, openLibs } of [...together(data, read), ...apart(data)]) {
    const parsed = () =>
      typeof value === 'string' ? read(value, `${setting}.${subject} of ${kind}`) : value
    if (subject === 'health' && typeof value === 'string' && value !== '')
      health.set(kind, { lua: value, openLibs })
    if (subject === 'ignoreDifferences') ignore.push(...ignoreRule(kind, parsed()))
    if (subject === 'knownTypeFields') ignore.push(...knownTypes(kind, parsed(), problems))
  }
  const hiddenAnnotations = (data['resource.sensitive.mask.annotations'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const kinds = readKindRules((key) => read(data[key] ?? '', key))
  return { health, ignore, hiddenAnnotations, marks: readMarks(data), kinds, problems }
}

/** What is said of one subject of one kind. */
type Entry = {
  readonly kind: string
  readonly subject: string
  readonly value: unknown
  readonly openLibs: boolean
}

function together(data: Readonly<Record<string, string>>, read: ReadYaml): readonly Entry[] {
  return Object.entries(read(data[setting] ?? '', setting)).flatMap(([kind, of]) => {
    const openLibs = isTrue(fieldAt(of, 'health.lua.useOpenLibs'))
    return ['health.lua', 'ignoreDifferences', 'knownTypeFields'].map((name) => ({
      ...{ kind, openLibs, value: fieldAt(of, name) },
      subject: name === 'health.lua' ? 'health' : name,
    }))
  })
}

function apart(data: Readonly<Record<string, string>>): readonly Entry[] {
  return Object.entries(data).flatMap(([key, value]) => {
    const [, subject, name = ''] = ownKey.exec(key) ?? []
    if (subject === undefined) return []
    const openLibs = isTrue(data[`${setting}.useOpenLibs.${name}`])
    const isAll = subject === 'ignoreDifferences' && name === 'all'
    return [{ subject, value, openLibs, kind: isAll ? '*/*' : slashed(name) }]
  })
}

/** The script for a kind: its own, else that of the first wildcard that fits (semantics 2.7 item 80). */
export function healthScriptFor(
  { health }: Customizations,
  { apiVersion, kind }: Manifest,
): HealthScript | undefined {
  if (health.size === 0) return undefined
  const group = groupOf(apiVersion)
  const name = group === '' ? kind : `${group}/${kind}`
  const own = health.get(name)
  if (own !== undefined) return own
  for (const [pattern, script] of health) {
    if (pattern.includes('*') && globMatch(pattern, name)) return script
  }
  return undefined
}

/** `apps_Deployment` → `apps/Deployment`; no key of a ConfigMap may hold a slash. */
function slashed(kind: string): string {
  return kind.replace('_', '/')
}

function ignoreRule(kind: string, value: unknown): readonly IgnoreRule[] {
  const given = lists.map((name) => [name, listAt(value, name).filter(isText)] as const)
  if (given.every(([, texts]) => texts.length === 0)) return []
  return [{ ...namesOf(kind), ...Object.fromEntries(given) }]
}

/** DIFF-11. */
function knownTypes(kind: string, value: unknown, problems: string[]): readonly IgnoreRule[] {
  const { known: knownTypeFields, unknown } = readKnownTypes(value)
  problems.push(...unknown.map((text) => `${setting}.knownTypeFields of ${kind}: ${text}`))
  return knownTypeFields.length === 0 ? [] : [{ ...namesOf(kind), knownTypeFields }]
}

function namesOf(kind: string): { readonly group: string; readonly kind: string } {
  const slash = kind.indexOf('/')
  return { group: kind.slice(0, Math.max(slash, 0)), kind: kind.slice(slash + 1) }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
