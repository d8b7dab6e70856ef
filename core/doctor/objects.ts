import { withoutOwned } from '../diff/owned-by-others.ts'
import { digestOf } from '../digest.ts'
import { keyOf, showKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { argoCdManagers, instanceOf } from '../manifest/tracking.ts'
import { type Finding, fail, orOk, warn } from './finding.ts'

/** A declared object beside the live one. */
export type Pair = { readonly declared: Manifest; readonly live: Manifest | undefined }

// what they own becomes ours with the first apply
const takenOver = new Set(['driftless', 'kubectl-client-side-apply', ...argoCdManagers])

/** Objects that another Application tracks, and declared fields that somebody else writes too. */
export function checkConflicts(pairs: readonly Pair[], instance: string): readonly Finding[] {
  const check = 'conflicts'
  const found = pairs.flatMap(({ declared, live }): readonly Finding[] => {
    if (live === undefined) return []
    const name = showKey(keyOf(declared))
    const owner = instanceOf(live)
    if (owner !== undefined && owner !== instance) {
      const reason = `${name} is tracked by the Application ${owner}`
      return [fail(check, reason, 'declare it in one Application only')]
    }
    const managers = managersBeside(declared, live)
    if (managers.length === 0) return []
    const reason = `${name} has declared fields that ${managers.join(', ')} writes too`
    return [warn(check, reason, 'do not declare them, or ignore them with managedFieldsManagers')]
  })
  return orOk(found, check, 'nobody else tracks or writes what is declared')
}

function managersBeside({ metadata: _, ...declared }: Manifest, live: Manifest): readonly string[] {
  const names = (live.metadata.managedFields ?? [])
    .filter(({ subresource }) => !subresource)
    .flatMap(({ manager }) => (manager === undefined || takenOver.has(manager) ? [] : manager))
  const body = { ...declared, metadata: {} } as Manifest
  return [...new Set(names)].filter(
    (manager) => digestOf(withoutOwned(body, live, [manager])) !== digestOf(body),
  )
}

/** Whether what lies in the namespace of the destination has one (SYNCP-08). */
export function checkNamespace(
  namespace: string,
  isThere: boolean,
  { created, declared }: { readonly created: boolean; readonly declared: boolean },
): Finding {
  const check = 'namespace'
  const reason = isThere
    ? `${namespace} exists`
    : declared
      ? `${namespace} does not exist, and is declared`
      : `${namespace} does not exist, and is created (CreateNamespace=true)`
  if (isThere || created || declared) return { check, status: 'OK', reason }
  return fail(
    check,
    `${namespace} does not exist`,
    'create it, or set the sync option CreateNamespace=true',
  )
}
