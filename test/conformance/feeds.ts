import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createJq } from '../../clients/jq.ts'
import { createLua } from '../../clients/lua.ts'
import type { ToolPaths } from '../../clients/tools.ts'
import { type Feed, parseRows, type Row } from './corpus.ts'
import { appRefresh } from './feed/app-refresh.ts'
import { normalize, secretMask, selfReference, stateDiff } from './feed/diff.ts'
import { refsMisc, revision, semverLanguage, url } from './feed/git.ts'
import { builtin, scripted } from './feed/health.ts'
import { permitted } from './feed/project.ts'
import { folder, helmGolden, kustomization, valueFiles } from './feed/render.ts'
import { attributes, order } from './feed/sync.ts'
import { tables } from './feed/tables.ts'
import { http, revisionMatch, urlMatch } from './feed/webhook.ts'
import { active, canSync, match } from './feed/windows.ts'
import { createRenderer } from './renderer.ts'
import { createScratch, folderFinder } from './scratch.ts'

export type Feeds = {
  readonly feeds: Readonly<Record<string, Feed>>
  /** Ends the engines that the feeds started. */
  close(): Promise<void>
}

export type Surroundings = {
  /** The corpora. */
  readonly folder: string
  readonly tools: ToolPaths
  /** Where the folders lie that rows of rendering name. */
  readonly checkouts: readonly string[]
}

/** How each corpus is fed to the product, by the path of its file without the ending. */
export function feedsFor({ folder: corpora, tools, checkouts }: Surroundings): Feeds {
  const [lua, jq, scratch] = [createLua(), createJq(), createScratch()]
  const scripts = scriptsOf(corpora)
  const renderer = createRenderer(scratch.dir, tools)
  const world = { scratch, renderer, find: folderFinder(checkouts) }
  const feeds = {
    'health/builtin': builtin,
    'health/crd_lua': scripted(lua, scripts),
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
    'render/directory': folder(world),
    'render/example_apps': folder(world),
    'render/kustomize_krusty': kustomization(world),
    'render/helm_golden': helmGolden(world),
    'render/helm_valuefiles': valueFiles,
    // the code of tests, for reading
    'render/argocd_options': () => undefined,
    'misc/tracking': () => undefined,
    'git/url': url,
    'git/refs_misc': refsMisc,
    'webhook/app_refresh': appRefresh(world),
    'webhook/http': http,
    'webhook/revision_match': revisionMatch,
    'webhook/url_match': urlMatch,
    'git/revision': revision,
    'git/semver_language': semverLanguage,
  }
  return {
    feeds,
    async close() {
      await Promise.all([lua.close(), jq.close()])
      renderer.close()
      scratch.close()
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
