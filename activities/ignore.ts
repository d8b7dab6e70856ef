import type { Application } from '../core/application.ts'
import { rulesFor, withoutIgnored } from '../core/diff/ignore.ts'
import { digestOf } from '../core/digest.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { ActivityClients } from './clients.ts'

/** What is ignored of one object when it is compared. */
export type Ignore = {
  /** Names the rules: what is proven with them is not proven without them. */
  readonly id: string
  /** Whether the rules speak of owners, whom the watch caches do not keep. */
  readonly byOwner: boolean
  /** The object without what is ignored; `live` says who owns what. */
  readonly strip: (object: Manifest, live: Manifest) => Promise<Manifest>
}
export type Ignoring = (object: Manifest) => Ignore | undefined

/** The rules of the application and of the settings (DIFF-04 to DIFF-08), by object. */
export function ignoringOf(
  { customizations, jq }: Pick<ActivityClients, 'customizations' | 'jq'>,
  { spec }: Application,
): Ignoring {
  const all = [...customizations().ignore, ...(spec.ignoreDifferences ?? [])]
  return (object) => {
    const rules = rulesFor(all, object)
    if (rules.length === 0) return undefined
    return {
      id: digestOf(rules),
      byOwner: rules.some(({ managedFieldsManagers = [] }) => managedFieldsManagers.length > 0),
      strip: (one, live) => withoutIgnored(one, live, rules, jq.run),
    }
  }
}
