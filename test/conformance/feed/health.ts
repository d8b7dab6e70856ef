import { runScript } from '../../../clients/health-rules.ts'
import type { Lua } from '../../../clients/lua.ts'
import { healthScriptFor, readCustomizations } from '../../../core/customization.ts'
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
  readonly expected: { readonly status?: string; readonly message?: string }
}

/** The health that a user's script tells; the scripts lie in a file of their own, by kind. */
export function scripted(lua: Lua, scripts: ReadonlyMap<string, string>): Feed {
  // what Argo CD ships itself may use all libraries; in its folders `_` stands for any group or kind
  const settings = [...scripts].map(([kind, script]) => [
    kind.replace(/^_/, '*').replace(/\/_$/, '/*'),
    { 'health.lua': script, 'health.lua.useOpenLibs': true },
  ])
  const customizations = readCustomizations({
    'resource.customizations': JSON.stringify(Object.fromEntries(settings)),
  })
  return feed<Scripted>(async ({ manifest, expected }) => {
    const script = healthScriptFor(customizations, manifest)
    if (script === undefined) return undefined
    const { status, message = '' } = expected
    const found = await runScript(lua, script, manifest)
    return {
      expected: { status, message },
      got: { status: found?.status, message: found?.message ?? '' },
    }
  })
}
