import type { Json, Manifest } from '../manifest/manifest.ts'
import { givenUpFields } from './given-up.ts'
import { ownable, ownsExactly } from './owned.ts'
import { threeWayFields } from './three-way.ts'

/**
 * What can be said of one declared object without asking the API server.
 * - `missing`: there is no live object.
 * - `equal`: proven: applying would change nothing.
 * - `unproven`: only the server can tell; `fields` are the paths that look different
 *   (none when only the ownership differs), as JSON pointers, never values.
 */
export type Verdict =
  | { readonly verdict: 'missing' }
  | { readonly verdict: 'equal' }
  | { readonly verdict: 'unproven'; readonly fields: readonly string[] }

/**
 * Compares a declared object with the live one.
 * Equality needs both proofs: every declared value is live, and the fields our manager owns are
 * exactly the declared ones. So defaults and fields of others are no difference, and a removed
 * field is one (design: no false OutOfSync, no false Synced; DIFF-01 and DIFF-14 of Argo CD guess here).
 * Without them the fields are those of a three-way comparison, and those that we own and declare no
 * more; they may be none.
 */
export function compareObject(desired: Manifest, live: Manifest | undefined): Verdict {
  if (live === undefined) return { verdict: 'missing' }
  if (isIn(ownable(desired), live as unknown as Json) && ownsExactly(desired, live)) {
    return { verdict: 'equal' }
  }
  const fields = [...threeWayFields(desired, live), ...givenUpFields(desired, live)]
  return { verdict: 'unproven', fields: [...new Set(fields)] }
}

/** Every declared value is live. Lists by position: one that was merged or reordered is left to the server. */
function isIn(desired: Json, live: Json | undefined): boolean {
  if (typeof desired !== 'object' || desired === null) return desired === live
  if (Array.isArray(desired)) {
    if (!Array.isArray(live) || live.length !== desired.length) return false
    return desired.every((value: Json, index) => isIn(value, live[index]))
  }
  if (typeof live !== 'object' || live === null || Array.isArray(live)) return false
  const fields = live as Readonly<Record<string, Json>>
  return Object.entries(desired).every(([key, value]) => isIn(value as Json, fields[key]))
}
