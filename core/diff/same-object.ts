import { digestOf } from '../digest.ts'
import type { Manifest } from '../manifest/manifest.ts'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Whether two states of one object are the same but for the server's book-keeping. */
export function isSameObject(a: Manifest, b: Manifest): boolean {
  return digestOf(essence(a)) === digestOf(essence(b))
}

function essence({ metadata, ...rest }: Manifest): unknown {
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _generation,
    ...head
  } = metadata
  const { [lastApplied]: _copy, ...annotations } = head.annotations ?? {}
  return { ...rest, metadata: { ...head, annotations } }
}
