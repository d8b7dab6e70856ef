const urlForm = /^[a-z+]+:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)(?::\d*)?[:/]*(.*)$/
const scpForm = /^(?:[^@/:]+@)?([^:/]+):\/*(.*)$/

/**
 * The host and path of a repository, the same for its https, ssh and scp addresses: for finding out
 * whose push it was (HOOKIN-10). It says "look", so that a match too many is harmless.
 */
export function repositoryKey(address: string): string {
  const text = address.trim().toLowerCase()
  const [, host, path] = urlForm.exec(text) ?? scpForm.exec(text) ?? []
  if (host === undefined || path === undefined) return text
  const name = path.replace(/\/+$/, '').replace(/\.git$/, '')
  return `${host.replace(/^(alt)?ssh\./, '')}/${name}`
}
