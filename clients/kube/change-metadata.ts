import { fieldManager } from '../../core/diff/managers.ts'
import { ConflictError } from '../../core/errors.ts'
import type { Manifest, Metadata } from '../../core/manifest/manifest.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

const maxConflicts = 8

/**
 * Changes the metadata of this very object (by uid), on top of what is there: lists are one value in
 * a merge patch, and what others write to them meanwhile must not be lost. `change` gives the fields
 * to set, or undefined when nothing is to be done. Gives the object as it is then, undefined when
 * there is none.
 */
export async function changeMetadata(
  transport: KubeTransport,
  path: string,
  uid: string | undefined,
  change: (now: Manifest) => Metadata | undefined,
): Promise<Manifest | undefined> {
  for (let attempt = 0; ; attempt++) {
    const now = await unlessGone(transport.request<Manifest>(path))
    const changed = now?.metadata.uid === uid && now !== undefined ? change(now) : undefined
    if (changed === undefined) return now
    const { resourceVersion } = now?.metadata ?? {}
    try {
      return await unlessGone(
        transport.request<Manifest>(path, {
          method: 'PATCH',
          contentType: 'application/merge-patch+json',
          query: { fieldManager },
          body: { metadata: { ...changed, resourceVersion, uid } },
        }),
      )
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
    }
  }
}
