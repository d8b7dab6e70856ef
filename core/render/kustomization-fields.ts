import { RenderError } from '../errors.ts'
import { isMapping } from '../manifest/field.ts'
import { chartFields, fieldsOfChart } from './kustomization-charts.ts'
import { readYaml } from './read-yaml.ts'

/** A kustomization, or a part of one, by the names of its fields. */
export type Fields = { readonly [field: string]: unknown }

/** The fields that are let through: left out are those that run plugins or fetch. */
export const fieldsOfKustomization = new Set([
  ...[
    'apiVersion',
    'kind',
    'metadata',
    'resources',
    'bases',
    'components',
    'crds',
    'configurations',
  ],
  ...['namePrefix', 'nameSuffix', 'namespace', 'commonLabels', 'labels', 'commonAnnotations'],
  ...['patches', 'patchesStrategicMerge', 'patchesJson6902', 'replacements', 'vars'],
  ...['images', 'imageTags', 'replicas', 'buildMetadata', 'sortOptions'],
  ...['configMapGenerator', 'secretGenerator', 'generatorOptions'],
])
/** The fields with a list of patches. */
export const patchFields = ['patches', 'patchesJson6902', 'replacements']
/** The fields with a list of generators. */
export const generatorFields = ['configMapGenerator', 'secretGenerator']
/** What a generator may have. */
export const fieldsOfGenerator = new Set([
  ...['name', 'namespace', 'behavior', 'type', 'files', 'literals', 'env', 'envs', 'options'],
])
/** What a patch or a replacement may have. */
export const fieldsOfPatch = new Set(['path', 'patch', 'target', 'options', 'source', 'targets'])

/**
 * A kustomization with the names of its fields as they are documented: kustomize reads them without
 * regard to case, and what we do not see would pass unchecked.
 */
export function readKustomization(text: string, file: string): Fields {
  const fields = spelled(
    readYaml(text, file),
    new Set([...fieldsOfKustomization, ...chartFields]),
    file,
  )
  const inner = (names: readonly string[], allowed: ReadonlySet<string>) =>
    names.flatMap((name) => {
      const entries = fields[name]
      if (!Array.isArray(entries)) return []
      const read = entries.map((entry) =>
        isMapping(entry) ? spelled(entry, allowed, file) : entry,
      )
      return [[name, read] as const]
    })
  return {
    ...fields,
    ...Object.fromEntries([
      ...inner(patchFields, fieldsOfPatch),
      ...inner(generatorFields, fieldsOfGenerator),
      ...inner(['helmCharts'], fieldsOfChart),
    ]),
  }
}

function spelled(fields: Fields, allowed: ReadonlySet<string>, file: string): Fields {
  const names = new Map([...allowed].map((name) => [name.toLowerCase(), name]))
  const read = new Map<string, unknown>()
  for (const [given, value] of Object.entries(fields)) {
    const name = names.get(given.toLowerCase()) ?? given
    if (read.has(name)) throw new RenderError(`${file}: the field ${name} stands there twice`)
    read.set(name, value)
  }
  return Object.fromEntries(read)
}

/** RenderError that names a field that is not among those that are let through. */
export function refuseUnknown(fields: Fields, allowed: ReadonlySet<string>, where: string): void {
  const [name] = Object.keys(fields).filter((field) => !allowed.has(field))
  if (name === undefined) return
  throw new RenderError(
    `${where}: the field ${name} is not let through: plugins, charts without --enable-helm and whatever fetches are refused, and names are written as kustomize documents them`,
  )
}
