import { createHealthRules } from '../clients/health-rules.ts'
import { createJq } from '../clients/jq.ts'
import { createLua } from '../clients/lua.ts'
import type { Wiring } from './wire.ts'

/** What users say of kinds in the settings, and the engines for the code in it. */
export function userRules({ settings }: Pick<Wiring, 'settings'>) {
  const { customizations, get } = settings
  const health = createHealthRules({ customizations, lua: createLua() })
  return { customizations, setting: get, health, jq: createJq() }
}
