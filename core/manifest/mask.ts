import { fieldAt, mappingOf } from './field.ts'
import { lastAppliedKey } from './last-applied.ts'
import type { Manifest } from './manifest.ts'
import { isSecret } from './secret.ts'

// whoever misspells `stringData` means values all the same
const shown = ['apiVersion', 'kind', 'metadata', 'type', 'immutable']

/**
 * The same objects with the values of Secrets replaced by runs of `+`. Equal values of one field get
 * equal runs in every object of the list, different ones different runs; the length of a value is not
 * visible (DIFF-14). The annotations in `hidden` are values as well, also in kubectl's copy of the
 * object. Objects that are not Secrets are returned as they are.
 */
export function maskSecrets(
  manifests: readonly Manifest[],
  hidden: readonly string[] = [],
): readonly Manifest[] {
  const masks = new Map<string, Map<string, string>>()
  const maskOf = (field: string, value: unknown): string => {
    const known = masks.get(field) ?? new Map<string, string>()
    masks.set(field, known)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const mask = known.get(text) ?? '+'.repeat(8 + known.size)
    known.set(text, mask)
    return mask
  }
  return manifests.map((manifest) =>
    isSecret(manifest) ? mask(manifest, maskOf, hidden) : manifest,
  )
}

type MaskOf = (field: string, value: unknown) => string

function mask(secret: Manifest, maskOf: MaskOf, hidden: readonly string[]): Manifest {
  const { apiVersion, kind, metadata } = secret
  const { annotations } = metadata
  const values = maskData(secret, maskOf)
  if (annotations === undefined) return { ...values, apiVersion, kind, metadata }
  const applied = annotations[lastAppliedKey]
  const masked = {
    ...maskAnnotations(annotations, hidden, maskOf),
    ...(applied !== undefined && { [lastAppliedKey]: maskApplied(applied, maskOf, hidden) }),
  }
  return { ...values, apiVersion, kind, metadata: { ...metadata, annotations: masked } }
}

function maskData(secret: object, maskOf: MaskOf): object {
  const parts = Object.entries(secret).map(([part, value]) => [
    part,
    shown.includes(part) ? value : maskValues(value, maskOf),
  ])
  return Object.fromEntries(parts)
}

function maskAnnotations(
  annotations: object,
  hidden: readonly string[],
  maskOf: MaskOf,
): Readonly<Record<string, string>> {
  const masked = Object.entries(annotations).map(([name, value]) => [
    name,
    hidden.includes(name) ? maskOf(`annotation ${name}`, value) : value,
  ])
  return Object.fromEntries(masked)
}

function maskValues(values: unknown, maskOf: MaskOf): unknown {
  if (values === null || typeof values !== 'object' || Array.isArray(values)) {
    return values === null ? null : maskOf('', values)
  }
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, maskOf(field, value)]),
  )
}

function maskApplied(text: string, maskOf: MaskOf, hidden: readonly string[]): string {
  try {
    const applied: unknown = JSON.parse(text)
    if (applied === null || typeof applied !== 'object') return maskOf(lastAppliedKey, text)
    const { annotations } = mappingOf(fieldAt(applied, 'metadata'))
    const masked = maskAnnotations(mappingOf(annotations), hidden, maskOf)
    const metadata = { ...mappingOf(fieldAt(applied, 'metadata')), annotations: masked }
    const hasSome = annotations !== undefined && hidden.length > 0
    return JSON.stringify({ ...maskData(applied, maskOf), ...(hasSome && { metadata }) })
  } catch {
    return maskOf(lastAppliedKey, text) // text that is not JSON may still hold the values
  }
}
