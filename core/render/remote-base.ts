import { RenderError } from '../errors.ts'

/** A folder of another repository that a kustomization names (KUST-13). */
export type RemoteBase = {
  readonly address: string
  readonly path: string
  /** Branch, tag or commit; empty for the default branch. */
  readonly ref: string
}

const forms =
  /^(?:git::)?((?:https?|ssh):\/\/[^/?]+\/[^?]*|[\w.-]+@[\w.-]+:[^?]*)(?:\?([\w=&./%+-]*))?$/

/** Whether an address is that of a single file, as kustomize reads it too, and not of a folder (KUST-13). */
export function isRemoteFile(reference: string): boolean {
  return /^https?:\/\/[^?]+\.(ya?ml|json)(\?|$)/.test(reference) && !/[?&]ref=/.test(reference)
}

/**
 * Reads an address as kustomize writes it: `https://host/team/repo.git//folder?ref=v1`. Where neither
 * `//` nor `.git/` ends the repository, it has two names, as on GitHub. RenderError, which begins
 * with the place, for what is no folder of a repository.
 */
export function parseRemoteBase(reference: string, place: string): RemoteBase {
  const [, located = '', query = ''] = forms.exec(reference) ?? []
  const parameters = new URLSearchParams(query)
  const ref = parameters.get('ref') ?? parameters.get('version') ?? ''
  const { address, path } = split(located)
  const isFile = /\.(ya?ml|json)$/.test(path) || /\.(ya?ml|json)$/.test(address)
  const isPlain = /^(\w[\w./+-]*)?$/.test(ref) && !path.split('/').includes('..')
  if (located !== '' && isPlain && !isFile) return { address, path: path || '.', ref }
  throw new RenderError(
    `${place}: ${reference} is not a folder of a repository; write https://host/team/repo.git//folder?ref=v1`,
  )
}

function split(located: string): Pick<RemoteBase, 'address' | 'path'> {
  const start = located.indexOf('://') + (located.includes('://') ? 3 : 1)
  const double = located.indexOf('//', start)
  if (double >= 0) return { address: located.slice(0, double), path: plain(located.slice(double)) }
  const git = located.indexOf('.git/', start)
  if (git >= 0) return { address: located.slice(0, git + 4), path: plain(located.slice(git + 4)) }
  const parts = located.slice(start).split('/')
  // of an address of ssh the host ends with a colon, and stands in the first part
  const names = located.includes('://') ? 3 : 2
  const address = located.slice(0, start) + parts.slice(0, names).join('/')
  return { address, path: plain(parts.slice(names).join('/')) }
}

function plain(path: string): string {
  return path.replace(/^\/+|\/+$/g, '')
}
