import type { Cluster } from '../clients/kube/cluster.ts'
import { type Application, syncOptionFor } from '../core/application.ts'
import {
  comparable,
  type IgnoreRule,
  ignoreRulesOf,
  rulesFor,
  withoutIgnored,
} from '../core/diff/ignore.ts'
import { withLiveValues } from '../core/diff/respect.ts'
import { digestOf } from '../core/digest.ts'
import { keyOf } from '../core/manifest/key.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { ActivityClients } from './clients.ts'

type Rules = Pick<ActivityClients, 'customizations' | 'jq'>

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

/** The rules of the application and of the settings (DIFF-04 to DIFF-08, DIFF-11), by object. */
export function ignoringOf({ customizations, jq }: Rules, application: Application): Ignoring {
  const all = ignoreRulesOf(customizations().ignore, application)
  return (object) => {
    const rules = rulesFor(all, object)
    if (rules.length === 0) return undefined
    return {
      id: digestOf(rules),
      byOwner: speakOfOwners(rules),
      strip: (one, live) => comparable(one, live, rules, jq.run),
    }
  }
}

/** What is applied of an object in the place of what is declared. */
export type Respecting = (
  declared: Manifest,
  live: Manifest | undefined,
) => Promise<{ readonly manifest: Manifest; readonly ignored?: string }>

/**
 * With `RespectIgnoreDifferences=true` what is ignored keeps its live value; an object that is not
 * there yet is created as it is declared (OPT-15). `ignored` names the rules, as a proof needs them.
 */
export function respectingOf(
  clients: Rules,
  cluster: Cluster,
  application: Application,
): Respecting {
  const all = ignoreRulesOf(clients.customizations().ignore, application)
  return async (declared, known) => {
    const rules = rulesFor(all, declared)
    const isWanted = syncOptionFor(application, declared, 'RespectIgnoreDifferences') === 'true'
    if (!isWanted || rules.length === 0 || known === undefined) return { manifest: declared }
    // fields are compared in the version that is declared, with their owners where rules name some
    const isEnough = known.apiVersion === declared.apiVersion && !speakOfOwners(rules)
    const live = isEnough ? known : await cluster.read(declared.apiVersion, keyOf(declared))
    if (live === undefined) return { manifest: declared }
    const without = (object: Manifest) => withoutIgnored(object, live, rules, clients.jq.run)
    const manifest = withLiveValues(
      { whole: declared, left: await without(declared) },
      { whole: live, left: await without(live) },
    )
    return { manifest, ignored: digestOf(rules) }
  }
}

function speakOfOwners(rules: readonly IgnoreRule[]): boolean {
  return rules.some(({ managedFieldsManagers = [] }) => managedFieldsManagers.length > 0)
}
