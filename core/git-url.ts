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

/** Whether the text is an address at all: a URL, or the scp form. */
export function isGitUrl(text: string): boolean {
  return /^[a-z][a-z+]*:\/\/\S+$/i.test(text) || /^[^/:@\s]+@[^/:\s]+:\S+$/.test(text)
}
