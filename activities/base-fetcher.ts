import { RenderError } from '../core/errors.ts'
import { refuseAddress } from '../core/render/kustomization-references.ts'
import { parseRemoteBase } from '../core/render/remote-base.ts'
import type { ActivityClients } from './clients.ts'
import type { FetchBase } from './kustomize-reads.ts'

/**
 * Brings folders of other repositories into the mirror of the source's own, where the operator's
 * settings permit that: with the credentials of its repository on the same server, elsewhere without (KUST-13).
 */
export function baseFetcher(
  { git, setting }: Pick<ActivityClients, 'git' | 'setting'>,
  project: string,
): FetchBase {
  return async ({ url, reader }, reference, place) => {
    const isPermitted = setting('driftless.kustomize.remoteBases') === 'true'
    // what lies in no repository has no mirror beside which a base could lie
    if (!isPermitted || url.startsWith('oci://')) refuseAddress(reference, place)
    const { address, path, ref } = parseRemoteBase(reference, place)
    const commit = await git.of(project).commitBeside(url, address, ref)
    const found = await reader.objectAt(url, commit, path)
    if (found?.isFolder === true) return { checkout: { url, reader, commit }, path }
    throw new RenderError(`${place}: ${address} has no folder ${path} at ${commit.slice(0, 7)}`)
  }
}
