import { InvalidSpecError } from '../errors.ts'
import { parseSelector } from '../label-selector.ts'
import { listAt, mappingOf, textAt } from '../manifest/field.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { readYaml } from '../render/read-yaml.ts'

/** Which projects have what another one says as well (PROJ-15). */
export type GlobalProject = {
  readonly name: string
  readonly selects: (labels: Manifest['metadata']['labels']) => boolean
}

const merged = [
  'sourceRepos',
  'destinations',
  'clusterResourceWhitelist',
  'clusterResourceBlacklist',
  'namespaceResourceWhitelist',
  'namespaceResourceBlacklist',
  'syncWindows',
] as const

/** Reads `globalProjects` of the settings; throws for what cannot be read, since it may be meant to forbid. */
export function readGlobalProjects(text: string): readonly GlobalProject[] {
  if (text.trim() === '') return []
  const rules = readYaml(text, 'globalProjects')
  if (!Array.isArray(rules)) {
    throw new InvalidSpecError('globalProjects: give a list of projectName and labelSelector')
  }
  return listAt(rules).map((rule) => ({
    name: textAt(rule, 'projectName'),
    selects: parseSelector(selectorText(mappingOf(rule).labelSelector)),
  }))
}

/** The global projects of a project, which is never its own. */
export function globalsOf(rules: readonly GlobalProject[], { metadata }: Manifest) {
  return rules
    .filter(({ name, selects }) => name !== metadata.name && selects(metadata.labels))
    .map(({ name }) => name)
}

/** The project with what its global projects permit, forbid and close (PROJ-15). */
export function withGlobals(project: Manifest, globals: readonly Manifest[]): Manifest {
  const all = [project, ...globals].map(({ spec }) => mappingOf(spec))
  const lists = merged.flatMap((field) => {
    const given = all.flatMap((spec) => spec[field] ?? [])
    // a list that nobody gives is another thing than an empty one (PROJ-05)
    return all.some((spec) => Array.isArray(spec[field])) ? [[field, given]] : []
  })
  return { ...project, spec: { ...all[0], ...Object.fromEntries(lists) } }
}

const operators: Readonly<Record<string, (key: string, values: string) => string>> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: (key) => key,
  DoesNotExist: (key) => `!${key}`,
}

/** A LabelSelector as kubectl writes it. */
function selectorText(selector: unknown): string {
  const labels = Object.entries(mappingOf(mappingOf(selector).matchLabels))
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const [key, name] = [textAt(expression, 'key'), textAt(expression, 'operator')]
    const write = operators[name]
    if (write === undefined) {
      throw new InvalidSpecError(
        `globalProjects: the operator "${name}" is not known; use ${Object.keys(operators).join(', ')}`,
      )
    }
    return write(key, listAt(expression, 'values').join(','))
  })
  return [...labels.map(([key, value]) => `${key}=${value}`), ...expressions].join(',')
}
