import type { Manifest } from './manifest.ts'
import { manifestError, type Place, parseDocuments } from './yaml-documents.ts'

/** One declared object and where it stands. */
export type ParsedManifest = {
  readonly manifest: Manifest
  readonly file: string
  readonly line: number
}

type Mapping = Readonly<Record<string, unknown>>

const skipMarker = '# +argocd:skip-file-rendering'

/** Whether a file of a directory is to be left alone (DIR-04). */
export function asksToBeSkipped(text: string): boolean {
  return text.includes(skipMarker)
}

/**
 * Every object of a file, read as kubectl reads it: several documents, JSON, `kind: List` flattened.
 * Throws ManifestError with `file:line` for text that is not YAML or not a Kubernetes object.
 */
export function parseManifests(text: string, file: string): readonly ParsedManifest[] {
  return parseDocuments(text, file).flatMap(({ value, line }) => manifestsOf(value, { file, line }))
}

/**
 * The same of a file that lies in a folder of manifests: one that asks for it is skipped (DIR-04), and
 * YAML in which no document has `apiVersion` or `kind`, such as values for a chart, declares nothing
 * and is no mistake.
 */
export function parseFile(text: string, file: string): readonly ParsedManifest[] {
  if (asksToBeSkipped(text)) return []
  const documents = parseDocuments(text, file)
  if (!file.endsWith('.json') && !documents.some(({ value }) => isDeclaring(value))) return []
  return documents.flatMap(({ value, line }) => manifestsOf(value, { file, line }))
}

function isDeclaring(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false
  return 'apiVersion' in value || 'kind' in value
}

function manifestsOf(value: unknown, place: Place): readonly ParsedManifest[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw manifestError(
      place,
      'the document is not a Kubernetes object (a mapping with apiVersion, kind and metadata)',
    )
  }
  const object = value as Mapping
  const kind = textField(object, 'kind', place)
  const apiVersion = textField(object, 'apiVersion', place)
  if (kind.endsWith('List') && Array.isArray(object.items)) {
    return object.items
      .filter((item) => item !== null)
      .flatMap((item) => manifestsOf(withHead(item, { apiVersion, kind }), place))
  }
  checkName(object.metadata, kind, place)
  return [{ manifest: object as Manifest, ...place }]
}

/** Items of typed lists (`DeploymentList`) may leave out the head that the list implies. */
function withHead(
  item: unknown,
  list: { readonly apiVersion: string; readonly kind: string },
): unknown {
  if (list.kind === 'List' || item === null || typeof item !== 'object') return item
  return { apiVersion: list.apiVersion, kind: list.kind.slice(0, -'List'.length), ...item }
}

function textField(object: Mapping, field: string, place: Place): string {
  const value = object[field]
  if (typeof value === 'string' && value !== '') return value
  const wrong = value === undefined ? `${field} is missing` : `${field} must be a non-empty string`
  throw manifestError(place, `not a Kubernetes object: ${wrong}`)
}

function checkName(metadata: unknown, kind: string, place: Place): void {
  const { name, generateName } = (metadata ?? {}) as Mapping
  if (typeof name === 'string' && name !== '') return
  if (typeof generateName === 'string' && generateName !== '') return
  const wrong =
    name === undefined || name === null ? 'is missing' : 'must be a non-empty string (quote it)'
  throw manifestError(place, `${kind}: metadata.name ${wrong}`)
}
