import type { Feed } from './corpus.ts'
import { secretMask, selfReference, stateDiff } from './feed/diff.ts'
import { revision, semverLanguage, url } from './feed/git.ts'
import { builtin } from './feed/health.ts'
import { permitted } from './feed/project.ts'
import { attributes, order } from './feed/sync.ts'
import { active, canSync, match } from './feed/windows.ts'

export type Feeds = {
  readonly feeds: Readonly<Record<string, Feed>>
  /** Ends the engines that the feeds started. */
  close(): Promise<void>
}

/** How each corpus is fed to the product, by the path of its file without the ending. */
export function feedsFor(_folder: string): Feeds {
  const feeds = {
    'health/builtin': builtin,
    'diff/state_diff': stateDiff,
    'diff/secret_mask': secretMask,
    'diff/self_reference': selfReference,
    'sync/attributes': attributes,
    'sync/order': order,
    'windows/active': active,
    'windows/can_sync': canSync,
    'windows/match': match,
    'project/permitted': permitted,
    'git/url': url,
    'git/revision': revision,
    'git/semver_language': semverLanguage,
  }
  return { feeds, close: async () => {} }
}
