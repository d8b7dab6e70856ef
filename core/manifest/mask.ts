import type { Manifest } from './manifest.ts'
import { isSecret } from './secret.ts'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * The same objects with the values of Secrets replaced by runs of `+`. Equal values of one field get
 * equal runs in every object of the list, different ones different runs; the length of a value is not
 * visible (DIFF-14). Objects that are not Secrets are returned as they are.
 */
export function maskSecrets(manifests: readonly Manifest[]): readonly Manifest[] {
  const masks = new Map<string, Map<string, string>>()
  const maskOf = (field: string, value: unknown): string => {
    const known = masks.get(field) ?? new Map<string, string>()
    masks.set(field, known)
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    const mask = known.get(text) ?? '+'.repeat(8 + known.size)
    known.set(text, mask)
    return mask
  }
  return manifests.map((manifest) => (isSecret(manifest) ? mask(manifest, maskOf) : manifest))
}

type MaskOf = (field: string, value: unknown) => string

function mask(secret: Manifest, maskOf: MaskOf): Manifest {
  const masked: Record<string, unknown> = { ...secret }
  for (const part of ['data', 'stringData']) {
    if (part in masked) masked[part] = maskValues(masked[part], maskOf)
  }
  const { annotations } = secret.metadata
  const applied = annotations?.[lastApplied]
  const metadata =
    applied === undefined
      ? secret.metadata
      : {
          ...secret.metadata,
          annotations: { ...annotations, [lastApplied]: maskApplied(applied, maskOf) },
        }
  return { ...masked, apiVersion: secret.apiVersion, kind: secret.kind, metadata }
}

function maskValues(values: unknown, maskOf: MaskOf): unknown {
  if (values === null || typeof values !== 'object' || Array.isArray(values)) {
    return values === null ? null : maskOf('', values)
  }
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [field, maskOf(field, value)]),
  )
}

function maskApplied(text: string, maskOf: MaskOf): string {
  try {
    const applied: unknown = JSON.parse(text)
    if (applied === null || typeof applied !== 'object') return maskOf(lastApplied, text)
    const parts = Object.entries(applied).map(([part, value]) => [
      part,
      part === 'data' || part === 'stringData' ? maskValues(value, maskOf) : value,
    ])
    return JSON.stringify(Object.fromEntries(parts))
  } catch {
    return maskOf(lastApplied, text) // text that is not JSON may still hold the values
  }
}
