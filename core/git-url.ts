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

/** Whether two addresses name the same repository. */
export function isSameRepository(a: string, b: string): boolean {
  return normalizeGitUrl(a) === normalizeGitUrl(b)
}
