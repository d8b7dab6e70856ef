import { RenderError } from '../errors.ts'
import { readYaml } from './read-yaml.ts'

/** What a kustomization reads, as it names it: `places` may be folders, `files` are files. */
export type References = {
  readonly places: readonly string[]
  readonly files: readonly string[]
  /** Addresses in place of folders, with file and line. */
  readonly remote: readonly { readonly reference: string; readonly place: string }[]
}

type Fields = { readonly [field: string]: unknown }

/** The fields that are let through: left out are those that run plugins, fetch or render charts. */
const known = new Set([
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
const patchFields = ['patches', 'patchesJson6902', 'replacements']
const generatorFields = ['configMapGenerator', 'secretGenerator']
const knownOfGenerator = new Set([
  ...['name', 'namespace', 'behavior', 'type', 'files', 'literals', 'env', 'envs', 'options'],
])
const knownOfPatch = new Set(['path', 'patch', 'target', 'options', 'source', 'targets'])

/**
 * A kustomization with the names of its fields as they are documented: kustomize reads them without
 * regard to case, and what we do not see would pass unchecked.
 */
export function readKustomization(text: string, file: string): Fields {
  const fields = spelled(readYaml(text, file), known, file)
  const inner = (names: readonly string[], allowed: ReadonlySet<string>) =>
    names.flatMap((name) => {
      const entries = fields[name]
      if (!Array.isArray(entries)) return []
      const read = entries.map((entry) => (isFields(entry) ? spelled(entry, allowed, file) : entry))
      return [[name, read] as const]
    })
  return {
    ...fields,
    ...Object.fromEntries([
      ...inner(patchFields, knownOfPatch),
      ...inner(generatorFields, knownOfGenerator),
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

/**
 * RenderError for a field that is not let through, and for an address in place of a file (KUST-13).
 * With the text of the file it names the line too.
 */
export function referencesOf(kustomization: Fields, file: string, text = ''): References {
  refuseUnknown(kustomization, known, file)
  const places = ['resources', 'bases', 'components'].flatMap((field) =>
    textsOf(kustomization[field]),
  )
  const files = [
    ...['crds', 'configurations', 'patchesStrategicMerge'].flatMap((field) =>
      textsOf(kustomization[field]),
    ),
    ...patchFields.flatMap((field) =>
      entriesOf(kustomization[field]).flatMap((entry) => {
        refuseUnknown(entry, knownOfPatch, `${file}: ${field}`)
        return textsOf([entry.path])
      }),
    ),
    ...generatorFields.flatMap((field) =>
      entriesOf(kustomization[field]).flatMap((entry) => {
        refuseUnknown(entry, knownOfGenerator, `${file}: ${field}`)
        return [
          ...textsOf(entry.files).map(afterName),
          ...textsOf(entry.envs),
          ...textsOf([entry.env]),
        ]
      }),
    ),
    // inline patches are texts of several lines
  ].filter((one) => !one.includes('\n'))
  const at = (reference: string) => placeOf(reference, file, text)
  for (const reference of files.filter(isAddress)) refuseAddress(reference, at(reference))
  const remote = places.filter(isAddress).map((reference) => ({ reference, place: at(reference) }))
  return { places: places.filter((place) => !isAddress(place)), files, remote }
}

function refuseUnknown(fields: Fields, allowed: ReadonlySet<string>, where: string): void {
  const [name] = Object.keys(fields).filter((field) => !allowed.has(field))
  if (name === undefined) return
  throw new RenderError(
    `${where}: the field ${name} is not let through: plugins, charts and whatever fetches are refused, and names are written as kustomize documents them`,
  )
}

/** `file:line` of where the text first says so; the file alone when it does not. */
export function placeOf(reference: string, file: string, text: string): string {
  const line = text.split('\n').findIndex((one) => one.includes(reference))
  return line < 0 ? file : `${file}:${line + 1}`
}

function isAddress(reference: string): boolean {
  return /:\/\/|^[\w.-]+@|\?/.test(reference)
}

/** Says that an address is not followed. */
export function refuseAddress(reference: string, place: string): never {
  throw new RenderError(
    `${place}: ${reference} is outside of the repository, which is refused; copy it into the repository`,
  )
}

/** `key=path` names the key of a generated file. */
function afterName(text: string): string {
  return text.slice(text.indexOf('=') + 1)
}

function entriesOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : []
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}
