import { runScript } from '../../../clients/health-rules.ts'
import type { Lua } from '../../../clients/lua.ts'
import { assessHealth } from '../../../core/health/assess.ts'
import type { Manifest } from '../../../core/manifest/manifest.ts'
import { type Feed, feed } from '../corpus.ts'

type Builtin = {
  readonly manifest: Manifest
  readonly expected: { readonly status: string | null }
}

/** The health of kinds that we know ourselves. */
export const builtin = feed<Builtin>(({ manifest, expected }) => ({
  expected: expected.status,
  got: assessHealth(manifest)?.status ?? null,
}))

type Scripted = {
  readonly manifest: Manifest
  readonly customization_key: string
  readonly builtin_group?: boolean
  readonly expected: { readonly status?: string; readonly message?: string }
}

/** The health that a user's script tells; the scripts lie in a file of their own. */
export function scripted(lua: Lua, scriptOf: (kind: string) => string | undefined): Feed {
  return feed<Scripted>(async ({ manifest, customization_key: kind, expected }) => {
    const script = scriptOf(kind)
    if (script === undefined) return undefined
    const { status, message = '' } = expected
    // what Argo CD ships itself may use all libraries
    const found = await runScript(lua, { lua: script, openLibs: true }, manifest)
    return {
      expected: { status, message },
      got: { status: found?.status, message: found?.message ?? '' },
    }
  })
}
