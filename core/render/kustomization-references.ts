import { RenderError } from '../errors.ts'

/** What a kustomization reads, as it names it: `places` may be folders, `files` are files. */
export type References = { readonly places: readonly string[]; readonly files: readonly string[] }

type Fields = { readonly [field: string]: unknown }

/**
 * The fields that are let through to kustomize, which reads names without regard to case: what is
 * spelled otherwise would pass unseen. Left out are those that run plugins, fetch or render charts.
 */
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
const knownOfGenerator = new Set([
  ...['name', 'namespace', 'behavior', 'type', 'files', 'literals', 'env', 'envs', 'options'],
])
const knownOfPatch = new Set(['path', 'patch', 'target', 'options', 'source', 'targets'])

/** RenderError for a field that is not let through, and for an address in place of a path (KUST-13). */
export function referencesOf(kustomization: Fields, file: string): References {
  refuseUnknown(kustomization, known, file)
  const places = ['resources', 'bases', 'components'].flatMap((field) =>
    textsOf(kustomization[field]),
  )
  const files = [
    ...['crds', 'configurations', 'patchesStrategicMerge'].flatMap((field) =>
      textsOf(kustomization[field]),
    ),
    ...['patches', 'patchesJson6902', 'replacements'].flatMap((field) =>
      entriesOf(kustomization[field]).flatMap((entry) => {
        refuseUnknown(entry, knownOfPatch, `${file}: ${field}`)
        return textsOf([entry.path])
      }),
    ),
    ...['configMapGenerator', 'secretGenerator'].flatMap((field) =>
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
  ].filter((text) => !text.includes('\n'))
  for (const reference of [...places, ...files]) refuseAddress(reference, file)
  return { places, files }
}

function refuseUnknown(fields: Fields, allowed: ReadonlySet<string>, where: string): void {
  const [name] = Object.keys(fields).filter((field) => !allowed.has(field))
  if (name === undefined) return
  throw new RenderError(
    `${where}: the field ${name} is not let through: plugins, charts and whatever fetches are refused, and names are written as kustomize documents them`,
  )
}

function refuseAddress(reference: string, file: string): void {
  if (!/:\/\/|^[\w.-]+@|\?/.test(reference)) return
  throw new RenderError(
    `${file}: ${reference} is outside of the repository, which is refused; copy it into the repository`,
  )
}

/** `key=path` names the key of a generated file. */
function afterName(text: string): string {
  return text.slice(text.indexOf('=') + 1)
}

function entriesOf(value: unknown): readonly Fields[] {
  return Array.isArray(value)
    ? value.filter((entry): entry is Fields => typeof entry === 'object' && entry !== null)
    : []
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}
