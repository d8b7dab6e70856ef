import { GitAccessError } from '../../core/errors.ts'

/** For https; never on a command line, in a log or in an error. */
export type GitCredentials = { readonly username: string; readonly password: string }

/** Where a repository is, with its secrets kept apart from its address. */
export type GitRemote = { readonly url: string; readonly credentials?: GitCredentials }

const host = /[\w[][\w.:[\]-]*/.source
const urlForm = new RegExp(`^(https?|ssh|git\\+ssh)://(?:[^@/\\s-][^@/\\s]*@)?${host}(?:/\\S*)?$`)
const scpForm = new RegExp(`^\\w[\\w.-]*@${host}:(?!-)\\S+$`)
const fileForm = /^file:\/\/\/\S+$/

/** Takes an address apart; refuses what git could take for an option or for a helper program. */
export function remoteOf(address: string, credentials?: GitCredentials): GitRemote {
  if (!urlForm.test(address) && !scpForm.test(address) && !fileForm.test(address)) {
    throw new GitAccessError(
      `${withoutCredentials(address)} is not the address of a repository; use https://, ssh:// or git@host:path`,
    )
  }
  if (!/^https?:/.test(address)) return { url: address }
  const url = new URL(address)
  const own = { username: decoded(url.username), password: decoded(url.password) }
  url.username = ''
  url.password = ''
  const known = credentials ?? (own.username + own.password === '' ? undefined : own)
  return { url: url.href, ...(known !== undefined && { credentials: known }) }
}

/** The text with the user part of every address in it masked. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/\s]*@/g, '//***@')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // a percent sign that stands for itself
    return text
  }
}
