import { RenderError } from '../core/errors.ts'
import { refuseAddress } from '../core/render/kustomization-references.ts'
import { parseRemoteBase } from '../core/render/remote-base.ts'
import type { ActivityClients } from './clients.ts'
import type { Elsewhere } from './kustomize-reads.ts'

/**
 * Where the operator's settings permit that, brings folders of other repositories into the mirror of
 * the source's own, with the credentials of its repository on the same server and elsewhere without,
 * and lets addresses of single files through (KUST-13).
 */
export function elsewhereFor(
  { git, setting }: Pick<ActivityClients, 'git' | 'setting'>,
  project: string,
): Elsewhere {
  const mayRead = (reference: string, place: string): void => {
    if (setting('driftless.kustomize.remoteBases') !== 'true') refuseAddress(reference, place)
  }
  return {
    mayRead,
    async fetchBase({ url, reader }, reference, place) {
      mayRead(reference, place)
      // what lies in no repository has no mirror beside which a base could lie
      if (url.startsWith('oci://')) refuseAddress(reference, place)
      const { address, path, ref } = parseRemoteBase(reference, place)
      const commit = await git.of(project).commitBeside(url, address, ref)
      const found = await reader.objectAt(url, commit, path)
      if (found?.isFolder === true) return { checkout: { url, reader, commit }, path }
      throw new RenderError(`${place}: ${address} has no folder ${path} at ${commit.slice(0, 7)}`)
    },
  }
}
