import { createHealthRules } from '../clients/health-rules.ts'
import { createJq } from '../clients/jq.ts'
import { createLua } from '../clients/lua.ts'
import { createOperatorSettings } from '../clients/settings.ts'
import type { Config } from './config.ts'
import type { Wiring } from './wire.ts'

/** What users say of kinds in the settings, and the engines for the code in it. */
export function userRules({ namespace }: Config, { transport, onError }: Wiring) {
  const { customizations, get, synced } = createOperatorSettings(transport, namespace, onError)
  const health = createHealthRules({ customizations, lua: createLua() })
  return { synced, rules: { customizations, setting: get, health, jq: createJq() } }
}
