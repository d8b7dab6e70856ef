import { GitAccessError } from '../../core/errors.ts'
import { withoutCredentials } from '../../core/git-url.ts'
import { type RepositoryAccess, signsIn } from '../../core/repository/credentials.ts'
import type { Reach } from '../outbound.ts'

/** Where a repository is, with its secrets kept apart from its address. */
export type GitRemote = {
  readonly url: string
  readonly access?: RepositoryAccess
  /** Whose word the address is; without it that of an Application. */
  readonly reach?: Reach
}

const host = /[\w[][\w.:[\]-]*/.source
const urlForm = new RegExp(`^(https?|ssh|git\\+ssh)://(?:[^@/\\s-][^@/\\s]*@)?${host}(?:/\\S*)?$`)
const scpForm = new RegExp(`^\\w[\\w.-]*@${host}:(?!-)\\S+$`)
const fileForm = /^file:\/\/\/\S+$/

/** Takes an address apart; refuses what git could take for an option, a helper program or a file of ours. */
export function remoteOf(
  address: string,
  access: RepositoryAccess = {},
  allowFile = false,
): GitRemote {
  const isFile = allowFile && fileForm.test(address)
  if (!urlForm.test(address) && !scpForm.test(address) && !isFile) {
    throw new GitAccessError(
      `${withoutCredentials(address)} is not the address of a repository; use https://, ssh:// or git@host:path`,
    )
  }
  if (!/^https?:/.test(address)) return { url: address, access }
  const url = new URL(address)
  const [username, password] = [decoded(url.username), decoded(url.password)]
  url.username = ''
  url.password = ''
  const { credentials } = access
  const isNamed = credentials !== undefined && signsIn(credentials)
  if (username + password === '' || isNamed) return { url: url.href, access }
  const nobody = { secret: '', url: url.href, isTemplate: false, type: 'git', unbuilt: [] }
  const own = { ...nobody, ...credentials, username, password }
  return { url: url.href, access: { ...access, credentials: own } }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // a percent sign that stands for itself
    return text
  }
}
