import { mappingOf } from './field.ts'
import type { Manifest } from './manifest.ts'

/** The annotation in which whoever applies on the client's side keeps what he applied last, as kubectl does. */
export const lastAppliedKey = 'kubectl.kubernetes.io/last-applied-configuration'

/** The manifest with a copy of itself. */
export function withLastApplied(manifest: Manifest): Manifest {
  const { [lastAppliedKey]: _old, ...annotations } = manifest.metadata.annotations ?? {}
  const applied = { ...manifest, metadata: { ...manifest.metadata, annotations } }
  const copy = { [lastAppliedKey]: `${JSON.stringify(applied)}\n` }
  return {
    ...manifest,
    metadata: { ...manifest.metadata, annotations: { ...annotations, ...copy } },
  }
}

/** What was applied last; undefined when nobody applied the object on the client's side. */
export function lastAppliedIn({ metadata }: Manifest): Manifest | undefined {
  try {
    const read: unknown = JSON.parse(metadata.annotations?.[lastAppliedKey] ?? '')
    return { ...mappingOf(read), metadata: mappingOf(mappingOf(read).metadata) } as Manifest
  } catch {
    return undefined // nobody, or in words that nobody understands
  }
}
