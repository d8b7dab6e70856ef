import { dirname } from 'node:path/posix'
import { clientSidePatch } from '../../core/apply/client-side.ts'
import { fieldManager } from '../../core/diff/managers.ts'
import { ConflictError } from '../../core/errors.ts'
import { withLastApplied } from '../../core/manifest/last-applied.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { createPatchPlaces } from './patch-places.ts'
import type { KubeTransport } from './transport.ts'
import { unlessGone } from './unless-gone.ts'

export type ClientSideApply = (
  path: string,
  desired: Manifest,
  query: Readonly<Record<string, string | undefined>>,
) => Promise<Manifest>

const maxConflicts = 8

/**
 * Applies as kubectl does by default, for what server-side apply refuses (OPT-12): creates what is
 * missing, else changes what differs from what is declared and from what was applied last. What is
 * already so is not written. Who comes in between is seen by the version, and it is begun anew.
 */
export function createClientSideApply(transport: KubeTransport): ClientSideApply {
  const places = createPatchPlaces(transport)
  const once: ClientSideApply = async (path, desired, query) => {
    const live = await unlessGone(transport.request<Manifest>(path))
    if (live === undefined) {
      const body = withLastApplied(desired)
      return await transport.request(dirname(path), { method: 'POST', query, body })
    }
    const place = await places(desired)
    const body = clientSidePatch(desired, live, place)
    if (body === undefined) return live
    const contentType = `application/${place === undefined ? '' : 'strategic-'}merge-patch+json`
    return await transport.request(path, { method: 'PATCH', contentType, query, body })
  }
  return async (path, desired, asked) => {
    for (let attempt = 0; ; attempt++) {
      try {
        return await once(path, desired, { ...asked, fieldManager })
      } catch (error) {
        if (!(error instanceof ConflictError) || attempt === maxConflicts) throw error
      }
    }
  }
}
