/**
 * One spelling for all addresses of a repository: lower case, without `.git`, `ssh://` and the colon of
 * the scp form (`git@host:path`). For comparing only: a server may tell upper from lower case.
 */
export function normalizeGitUrl(url: string): string {
  const text = url.trim().toLowerCase()
  const scp = /^(?:ssh:\/\/)?([^@/:]+@[^/:]+):(?!\d+\/)(.*)$/.exec(text)
  const address = scp === null ? text.replace(/^ssh:\/\//, '') : `${scp[1]}/${scp[2]}`
  return address.replace(/\.git$/, '')
}

/** Whether the address is reached by ssh: `ssh://` or the scp form (`git@host:path`). */
export function isSshUrl(url: string): boolean {
  return /^(?:(?:git\+)?ssh:\/\/|[^/:@\s]+@[^/:\s]+:)/.test(url)
}

/** Host and port of an address of ssh; the port is empty where none is named. */
export function sshServer(url: string): { readonly host: string; readonly port: string } {
  const form = /^(?:(?:git\+)?ssh:\/\/)?(?:[^@/]*@)?(\[[^\]]*\]|[^/:]+)(?::(\d+)(?=\/|$))?/
  const [, host = '', port = ''] = form.exec(url) ?? []
  const isUrl = url.includes('://')
  // in the scp form a colon begins the path
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: isUrl ? port : '' }
}

/** The user and the path of an address of ssh, as the server is told them; the user is empty where none is named. */
export function sshPath(url: string): { readonly user: string; readonly path: string } {
  const asUrl = /^(?:git\+)?ssh:\/\/(?:([^@/]*)@)?[^/]+(\/.*)$/.exec(url)
  const [, user = '', path = ''] = asUrl ?? /^([^@/:]+)@[^/:]+:(.*)$/.exec(url) ?? []
  return { user, path }
}

/** Whether the text is an address at all: a URL, or the scp form. */
export function isGitUrl(text: string): boolean {
  return /^[a-z][a-z+]*:\/\/\S+$/i.test(text) || /^[^/:@\s]+@[^/:\s]+:\S+$/.test(text)
}

/** The text with the user part of every address in it masked. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/\s]*@/g, '//***@')
}
