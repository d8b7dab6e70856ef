import { isSameServer } from '../../core/git/submodules.ts'
import type { RepositoryAccess } from '../../core/repository/credentials.ts'
import { type GitRemote, remoteOf } from './remote.ts'

/** How the repository of a mirror is reached, and those that it names. */
export type Remotes = {
  /** With the credentials of now. */
  own(): Promise<GitRemote>
  /** Another repository: with the credentials of this one on the same server, elsewhere without. */
  beside(address: string): Promise<GitRemote>
}

type Ways = {
  readonly allowFile: boolean
  readonly accessTo: (address: string) => RepositoryAccess | undefined
  readonly signedIn: (remote: GitRemote) => Promise<GitRemote>
}

/** The ways from the repository at this address. */
export function remotesOf(url: string, { accessTo, signedIn, allowFile }: Ways): Remotes {
  const own = async () => await signedIn(remoteOf(url, accessTo(url), allowFile))
  return {
    own,
    async beside(address) {
      if (isSameServer(url, address)) return remoteOf(address, (await own()).access, allowFile)
      // only Git names it, unless a Secret does so too
      const isDeclared = accessTo(address)?.credentials !== undefined
      return { ...remoteOf(address, {}, allowFile), reach: isDeclared ? 'declared' : 'public' }
    },
  }
}
