import type { FailureText } from './result.ts'

/** Which commit the application's revision is now, and the identity of everything it renders from. */
export type Fetched = {
  readonly revision: string
  /** One for each source, for an Application with a list of them (APP-06); `revision` is the first. */
  readonly revisions?: readonly string[]
  /** Digest of (tree of the path, parameters, tool): equal inputs render to equal manifests. */
  readonly inputs: string
  readonly subject: string
  readonly author: string
  /** Why the sources could not be asked for news: all of this is what was known before. */
  readonly trouble?: FailureText
}

/** What one revision renders to. The bodies lie in the artifact cache under `digest`. */
export type RenderedManifests = {
  readonly revision: string
  readonly revisions?: readonly string[]
  readonly inputs: string
  readonly digest: string
  readonly count: number
  readonly warnings: readonly ConditionText[]
  /** What rendered them; absent for a plain directory of the first version. */
  readonly sourceType?: string
  /** The same for each source, for an Application with a list of them. */
  readonly sourceTypes?: readonly string[]
}

export type ConditionText = { readonly type: string; readonly message: string }
