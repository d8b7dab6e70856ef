import { normalizeGitUrl } from '../git-url.ts'
import { type RepositoryCredentials, signsIn } from './credentials.ts'

/**
 * What is known for a repository of this type, for an Application of this project: the Secret of the
 * repository, the project's own before everybody's (REPO-14), and when that has nothing to sign in
 * with, the template with the longest address that its address begins with (REPO-02).
 */
export function credentialsFor(
  known: readonly RepositoryCredentials[],
  {
    url,
    project,
    type = 'git',
  }: { readonly url: string; readonly project: string; readonly type?: string },
): RepositoryCredentials | undefined {
  const wanted = spelled(url)
  const usable = known
    .filter((one) => one.project === undefined || one.project === project)
    // two of the same kind: the choice must not depend on the order in which they were told
    .sort(
      (a, b) =>
        Number(b.project !== undefined) - Number(a.project !== undefined) ||
        (a.secret < b.secret ? -1 : 1),
    )
  const own = usable.find(
    (one) => !one.isTemplate && isOfType(one, type) && spelled(one.url) === wanted,
  )
  if (own !== undefined && signsIn(own)) return own
  const template = usable
    .filter((one) => one.isTemplate && isBelow(wanted, spelled(one.url)))
    .reduce<RepositoryCredentials | undefined>(longest, undefined)
  if (own === undefined || template === undefined) return own ?? template
  return {
    ...template,
    ...own,
    secret: template.secret,
    unbuilt: [...own.unbuilt, ...template.unbuilt],
  }
}

/** Argo CD has two ways to name a registry: the type `oci`, and `helm` with `enableOCI`. */
function isOfType({ type, enableOCI }: RepositoryCredentials, wanted: string): boolean {
  return (type === 'helm' && enableOCI === true ? 'oci' : type) === wanted
}

function longest(
  best: RepositoryCredentials | undefined,
  next: RepositoryCredentials,
): RepositoryCredentials {
  return best !== undefined && spelled(best.url).length >= spelled(next.url).length ? best : next
}

/**
 * As in Argo CD the address only has to begin alike, but its host has to be the whole host: what is
 * meant for `https://git.example.com` never goes to `https://git.example.com.evil.example`.
 */
function isBelow(url: string, template: string): boolean {
  return url.startsWith(template) && hostOf(url) === hostOf(template)
}

function hostOf(url: string): string {
  const authority = /^(?:[a-z+]+:\/\/)?([^/]*)/.exec(url)?.[1] ?? ''
  return authority.slice(authority.lastIndexOf('@') + 1)
}

/** One spelling, without the user of an https address. */
function spelled(url: string): string {
  return normalizeGitUrl(
    url
      .trim()
      .replace(/^oci:\/\//i, '')
      .replace(/\/+$/, ''),
  )
    .replace(/^(https?:\/\/)[^@/]*@/, '$1')
    .replace(/\/+$/, '')
}
