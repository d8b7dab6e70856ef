import type { IgnoreRule } from './diff/ignore.ts'
import { globMatch } from './glob.ts'
import { fieldAt, listAt, mappingOf, textAt } from './manifest/field.ts'
import { groupOf } from './manifest/key.ts'
import type { Manifest } from './manifest/manifest.ts'
import { readYaml } from './render/read-yaml.ts'

/** A script that tells the health of a kind (HEALTH-21). */
export type HealthScript = { readonly lua: string; readonly openLibs: boolean }

/** What the settings say of kinds: `resource.customizations…` of the ConfigMap argocd-cm. */
export type Customizations = {
  /** By `group/Kind`, which may hold `*`; core kinds have no group and no slash. */
  readonly health: ReadonlyMap<string, HealthScript>
  readonly ignore: readonly IgnoreRule[]
  /** What could not be read. */
  readonly problems: readonly string[]
}

/** What they say of kinds where nothing is set. */
export const noCustomizations: Customizations = { health: new Map(), ignore: [], problems: [] }

type ReadYaml = (text: string, what: string) => object

const setting = 'resource.customizations'
const ownKey = /^resource\.customizations\.(health|ignoreDifferences)\.(.+)$/
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
  for (const [kind, of] of Object.entries(read(data[setting] ?? '', setting))) {
    const lua = textAt(of, 'health.lua')
    const openLibs = isTrue(fieldAt(of, 'health.lua.useOpenLibs'))
    if (lua !== '') health.set(kind, { lua, openLibs })
    ignore.push(...ignoreRule(kind, fieldAt(of, 'ignoreDifferences'), read))
  }
  for (const [key, text] of Object.entries(data)) {
    const [, subject, kind = ''] = ownKey.exec(key) ?? []
    if (subject === 'health') {
      const openLibs = isTrue(data[`${setting}.useOpenLibs.${kind}`])
      health.set(slashed(kind), { lua: text, openLibs })
    } else if (subject === 'ignoreDifferences') {
      ignore.push(...ignoreRule(kind === 'all' ? '*/*' : slashed(kind), text, read))
    }
  }
  return { health, ignore, problems }
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

function ignoreRule(kind: string, value: unknown, yaml: ReadYaml): readonly IgnoreRule[] {
  const read = typeof value === 'string' ? yaml(value, `${setting} of ${kind}`) : mappingOf(value)
  const given = lists.map((name) => [name, listAt(read, name).filter(isText)] as const)
  if (given.every(([, texts]) => texts.length === 0)) return []
  const slash = kind.indexOf('/')
  const rule = { group: kind.slice(0, Math.max(slash, 0)), kind: kind.slice(slash + 1) }
  return [{ ...rule, ...Object.fromEntries(given) }]
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isTrue(value: unknown): boolean {
  return value === true || value === 'true'
}
