/** Paths of a branch that are to be as they were at an earlier commit. */
export type RestoreOrder = {
  readonly url: string
  /** Whose Application wants it: it says which credentials are used. */
  readonly project: string
  /** What is tracked; only a branch can be restored. */
  readonly revision: string
  readonly paths: readonly string[]
  readonly good: string
  /** What is left: a path that is something else by now stays as it is. */
  readonly bad: string
  readonly message: string
  /** The last line of the message, by which the commit is known again. */
  readonly trailer: string
  readonly author: Author
}
export type Author = { readonly name: string; readonly email: string }

/** The commit that has them so, or why there is none. */
export type Restored = { readonly commit: string } | { readonly givenUp: string }

const ours: Author = { name: 'Driftless', email: 'driftless@localhost' }

/** `Kim <kim@example.com>`; our own name where the setting is none. */
export function authorOf(setting = ''): Author {
  const [, name = '', email = ''] = /^([^<>\n]+) <([^<>\s]+)>$/.exec(setting.trim()) ?? []
  return name === '' ? ours : { name, email }
}
