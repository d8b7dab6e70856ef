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
 * Worst over the live objects (HEALTH-02): hooks, kinds without a rule and the Application itself
 * (`uid`) do not count, a missing object neither, unless nothing is live at all while something is
 * declared. Names up to three causes (HEALTH-26).
 */
export function applicationHealth(
  all: readonly Manifest[],
  declared: number,
  assess: Assess = assessHealth,
  uid?: string,
): ApplicationHealth {
  const live = all.filter((object) => !isHook(object) && !isItself(object, uid))
  if (live.length === 0) return { status: declared > 0 ? 'Missing' : 'Healthy' }
  let status: HealthStatus = 'Healthy'
  let causes: string[] = []
  for (const object of live) {
    const found = statusOf(object, assess)
    if (found === 'Healthy') continue
    if (isWorse(found, status)) {
      status = found
      causes = []
    }
    if (status === found) causes.push(showKey(keyOf(object)))
  }
  if (causes.length === 0) return { status }
  const more = causes.length > namedCauses ? ` and ${causes.length - namedCauses} more` : ''
  return { status, message: `Caused by ${causes.slice(0, namedCauses).join(', ')}${more}` }
}

// a child that nobody has looked at yet, or whose Git is away, is no fault of its parent (HEALTH-23)
const inDoubt: ReadonlySet<HealthStatus> = new Set(['Missing', 'Unknown'])

/** What the object adds to the whole: Healthy for one that does not count. */
function statusOf(object: Manifest, assess: Assess): HealthStatus {
  if (isHealthIgnored(object)) return 'Healthy'
  const status = assess(object)?.status ?? 'Healthy'
  return isChild(object) && inDoubt.has(status) ? 'Healthy' : status
}

function isChild({ apiVersion, kind }: Manifest): boolean {
  return kind === 'Application' && apiVersion.startsWith('argoproj.io/')
}

/** An Application that declares itself. */
function isItself({ metadata }: Manifest, uid: string | undefined): boolean {
  return uid !== undefined && metadata.uid === uid
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
