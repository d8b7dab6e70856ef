import type { Json, Manifest } from '../manifest/manifest.ts'
import { ownable, ownsExactly } from './owned.ts'

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
 */
export function compareObject(desired: Manifest, live: Manifest | undefined): Verdict {
  if (live === undefined) return { verdict: 'missing' }
  const fields: string[] = []
  collect(ownable(desired), live as unknown as Json, '', fields)
  if (fields.length === 0 && ownsExactly(desired, live)) return { verdict: 'equal' }
  return { verdict: 'unproven', fields }
}

function collect(desired: Json, live: Json | undefined, path: string, fields: string[]): void {
  if (Array.isArray(desired)) collectList(desired, live, path, fields)
  else if (typeof desired === 'object' && desired !== null) {
    if (typeof live !== 'object' || live === null || Array.isArray(live)) fields.push(path)
    else
      for (const [key, value] of Object.entries(desired)) {
        collect(
          value as Json,
          (live as Record<string, Json>)[key],
          `${path}/${pointerPart(key)}`,
          fields,
        )
      }
  } else if (desired !== live) fields.push(path)
}

/** Lists are compared by position; one that was merged or reordered by the server is left to the server. */
function collectList(
  desired: readonly Json[],
  live: Json | undefined,
  path: string,
  fields: string[],
) {
  if (!Array.isArray(live) || live.length !== desired.length) fields.push(path)
  else
    desired.forEach((value, index) => {
      collect(value, live[index] as Json, `${path}/${index}`, fields)
    })
}

/** RFC 6901. */
function pointerPart(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
