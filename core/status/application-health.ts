import { assessHealth } from '../health/assess.ts'
import { type Health, type HealthStatus, isHealthIgnored, isWorse } from '../health/health.ts'
import { keyOf, showKey } from '../manifest/key.ts'
import type { Manifest } from '../manifest/manifest.ts'
import { isHook } from '../plan/phase.ts'

/** How the health of one object is told. */
export type Assess = (live: Manifest) => Health | undefined

export type ApplicationHealth = { readonly status: HealthStatus; readonly message?: string }

const namedCauses = 3

/**
 * Worst over the live objects (HEALTH-02): hooks and kinds without a rule do not count, a missing
 * object neither, unless nothing is live at all while something is declared. Names up to three causes
 * (HEALTH-26).
 */
export function applicationHealth(
  all: readonly Manifest[],
  declared: number,
  assess: Assess = assessHealth,
): ApplicationHealth {
  const live = all.filter((object) => !isHook(object))
  if (live.length === 0) return { status: declared > 0 ? 'Missing' : 'Healthy' }
  let status: HealthStatus = 'Healthy'
  let causes: string[] = []
  for (const object of live) {
    if (isHealthIgnored(object)) continue
    const health = assess(object)
    if (health === undefined || health.status === 'Healthy') continue
    if (isWorse(health.status, status)) {
      status = health.status
      causes = []
    }
    if (status === health.status) causes.push(showKey(keyOf(object)))
  }
  if (causes.length === 0) return { status }
  const more = causes.length > namedCauses ? ` and ${causes.length - namedCauses} more` : ''
  return { status, message: `Caused by ${causes.slice(0, namedCauses).join(', ')}${more}` }
}

/**
 * All verdicts on the objects of an application in one text: two texts differ when an operation that
 * waits has a reason to look again. Healthy objects are not in it.
 */
export function verdicts(live: readonly Manifest[], assess: Assess): string {
  return live
    .flatMap((object) => {
      const status = assess(object)?.status
      return status === undefined || (status === 'Healthy' && !isHook(object))
        ? []
        : `${keyOf(object)} ${status}`
    })
    .sort()
    .join('\n')
}
