import { digestOf } from '../digest.ts'
import { lastAppliedKey } from '../manifest/last-applied.ts'
import type { Manifest } from '../manifest/manifest.ts'

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
  const { [lastAppliedKey]: _copy, ...annotations } = head.annotations ?? {}
  return { ...rest, metadata: { ...head, annotations } }
}
