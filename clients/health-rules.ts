import { type Customizations, type HealthScript, healthScriptFor } from '../core/customization.ts'
import { ScriptError, ScriptTimeout } from '../core/errors.ts'
import { assessHealth } from '../core/health/assess.ts'
import { type Health, verdict } from '../core/health/health.ts'
import { failedHealth, scriptedHealth } from '../core/health/scripted.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { Lua } from './lua.ts'

/** The health of live objects, by the user's scripts where there are any, else by our own rules. */
export type HealthRules = {
  /** Lets the scripts look at the objects; afterwards `assess` knows what they say. */
  ready(objects: readonly Manifest[]): Promise<void>
  /** As `assessHealth` of core; an object that its script has not looked at yet is Progressing. */
  assess(live: Manifest): Health | undefined
}

export type HealthRulesOptions = {
  /** The settings as they are now. */
  readonly customizations: () => Customizations
  readonly lua: Pick<Lua, 'run'>
}

type Verdict = { readonly script: HealthScript; readonly health: Health | undefined }

/** Verdicts are kept as long as the state of the object that they are about, and its script. */
export function createHealthRules({ customizations, lua }: HealthRulesOptions): HealthRules {
  const verdicts = new WeakMap<Manifest, Verdict>()
  // a state never changes, and every event asks for all objects of its application
  const byOurRules = new WeakMap<Manifest, { readonly health: Health | undefined }>()
  const assessOnce = (live: Manifest): Health | undefined => {
    const known = byOurRules.get(live) ?? { health: assessHealth(live) }
    byOurRules.set(live, known)
    return known.health
  }
  const look = async (live: Manifest): Promise<void> => {
    const script = healthScriptFor(customizations(), live)
    if (script === undefined || verdicts.get(live)?.script.lua === script.lua) return
    verdicts.set(live, { script, health: await runScript(lua, script, live) })
  }
  return {
    async ready(objects) {
      if (customizations().health.size > 0) await Promise.all(objects.map(look))
    },
    assess(live) {
      const script = healthScriptFor(customizations(), live)
      if (script === undefined) return assessOnce(live)
      const known = verdicts.get(live)
      const health =
        known?.script.lua === script.lua
          ? known.health
          : verdict('Progressing', 'its health script has not looked at it yet')
      return assessHealth(live, () => ({ health }))
    },
  }
}

/** What a script says of an object; Unknown when it fails, so that nothing is taken for healthy. */
export async function runScript(
  lua: Pick<Lua, 'run'>,
  { lua: script, openLibs }: HealthScript,
  object: Manifest,
): Promise<Health | undefined> {
  try {
    return scriptedHealth(await lua.run({ script, object, openLibs }))
  } catch (error) {
    if (error instanceof ScriptError || error instanceof ScriptTimeout) {
      return failedHealth(error.message)
    }
    throw error
  }
}
