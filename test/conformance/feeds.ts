import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createJq } from '../../clients/jq.ts'
import { createLua } from '../../clients/lua.ts'
import { type Feed, parseRows, type Row } from './corpus.ts'
import { normalize, secretMask, selfReference, stateDiff } from './feed/diff.ts'
import { revision, semverLanguage, url } from './feed/git.ts'
import { builtin, scripted } from './feed/health.ts'
import { tables } from './feed/hooks.ts'
import { permitted } from './feed/project.ts'
import { attributes, order } from './feed/sync.ts'
import { active, canSync, match } from './feed/windows.ts'

export type Feeds = {
  readonly feeds: Readonly<Record<string, Feed>>
  /** Ends the engines that the feeds started. */
  close(): Promise<void>
}

/** How each corpus is fed to the product, by the path of its file without the ending. */
export function feedsFor(folder: string): Feeds {
  const [lua, jq] = [createLua(), createJq()]
  const scripts = scriptsOf(folder)
  const feeds = {
    'health/builtin': builtin,
    'health/crd_lua': scripted(lua, (kind) => scripts.get(kind)),
    'diff/normalize': normalize(jq),
    'diff/state_diff': stateDiff,
    'diff/secret_mask': secretMask,
    'diff/self_reference': selfReference,
    'sync/attributes': attributes,
    'sync/order': order,
    'windows/active': active,
    'windows/can_sync': canSync,
    'windows/match': match,
    'project/permitted': permitted,
    'misc/tables': tables,
    // the scripts of health/crd_lua: nothing is claimed of them
    'health/lua_scripts': () => undefined,
    'git/url': url,
    'git/revision': revision,
    'git/semver_language': semverLanguage,
  }
  return {
    feeds,
    async close() {
      await Promise.all([lua.close(), jq.close()])
    },
  }
}

/** The Lua of users by kind, which is for reading and stands beside the cases. */
function scriptsOf(folder: string): ReadonlyMap<string, string> {
  const file = join(folder, 'health', 'lua_scripts.jsonl')
  if (!existsSync(file)) return new Map()
  const rows = parseRows(readFileSync(file, 'utf8')) as readonly (Row & { readonly lua: string })[]
  return new Map(rows.map(({ id, lua }) => [id, lua]))
}
