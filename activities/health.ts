import type { HealthRules } from '../clients/health-rules.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { isSelfHealing } from '../core/application.ts'
import type {
  ApplicationRef,
  HealthReport,
  RenderedManifests,
  ResourceHealth,
} from '../core/flow.ts'
import { isHealthIgnored, worst } from '../core/health/health.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import { isTracked } from '../core/manifest/tracking.ts'
import { verdicts } from '../core/status/application-health.ts'
import { followChanges } from './changes.ts'
import type { ActivityClients } from './clients.ts'
import { destinationOf, presentApplication } from './current.ts'
import { isCrowded, patienceMs } from './patience.ts'
import { type Desired, readRendered } from './rendered.ts'
import { withReasons } from './waiting-reasons.ts'

export type HealthInput = {
  readonly application: ApplicationRef
  readonly rendered: RenderedManifests
  /** What the operation changed: only these are waited for. */
  readonly changed: readonly ResourceKey[]
}

// CRDs carry no label, so nobody tells of them
const readAgainMs = 150

/**
 * Says how the changed objects are. Returns as soon as all have arrived, one is Degraded or one is
 * gone that no self-heal brings back (SYNC-14), and after seconds in any case: nothing is held while
 * a Deployment is stuck.
 */
export function createHealth(clients: ActivityClients) {
  return async ({ application: ref, rendered, changed }: HealthInput): Promise<HealthReport> => {
    const current = await presentApplication(clients.applications, ref)
    const cluster = destinationOf(clients, current)
    const { resources } = await readRendered(clients.artifacts, rendered.digest)
    const isChanged = new Set(changed)
    const declared = resources.filter(({ key }) => isChanged.has(key))
    const unwatched = declared.filter(({ manifest }) => !isTracked(manifest))
    const expected = {
      ...{ changed, declared: new Set(declared.map(({ key }) => key)) },
      healed: isSelfHealing(current.application),
    }
    return await clients.healthNews.attend(current.label, async () => {
      const { health } = clients
      const seen = await lookUntilSettled(clients, cluster, current.label, unwatched, async () => {
        await readMissing(cluster, declared)
        // an Application that declares itself is not waited for: its end is that of this operation
        const others = changed.filter((key) => cluster.live.get(key)?.metadata.uid !== ref.uid)
        await health.ready(others.flatMap((key) => cluster.live.get(key) ?? []))
        return look(cluster, health, { ...expected, changed: others })
      })
      if (seen.outcome === 'settled') return seen
      await health.ready(cluster.live.ofApplication(current.label))
      const told = verdicts(cluster.live.ofApplication(current.label), health.assess)
      const explained = await withReasons(cluster, seen)
      // from here on the watch tells of every change since `told` was read
      clients.healthNews.tell(current.label, told)
      return isCrowded(clients.healthNews) ? { ...explained, again: false } : explained
    })
  }
}

async function lookUntilSettled(
  { now, healthNews }: ActivityClients,
  cluster: Cluster,
  label: string,
  unwatched: readonly Desired[],
  lookOnce: () => Promise<HealthReport>,
): Promise<HealthReport> {
  const until = now() + patienceMs(healthNews)
  const changes = followChanges(cluster, label)
  try {
    for (;;) {
      await Promise.all(
        unwatched.map(({ key, manifest }) => cluster.refresh(manifest.apiVersion, key)),
      )
      const report = await lookOnce()
      const left = until - now()
      if (report.outcome !== 'waiting' || left <= 0) return report
      await changes.next(unwatched.length > 0 ? Math.min(left, readAgainMs) : left)
    }
  } finally {
    changes.stop()
  }
}

/** What no watch shows is asked for before it is called missing. */
async function readMissing(cluster: Cluster, declared: readonly Desired[]): Promise<void> {
  const missing = declared.filter(({ key }) => cluster.live.get(key) === undefined)
  await Promise.all(missing.map(({ key, manifest }) => cluster.refresh(manifest.apiVersion, key)))
}

type Expected = {
  readonly changed: readonly ResourceKey[]
  readonly declared: ReadonlySet<ResourceKey>
  /** Whether what is deleted by somebody is brought back. */
  readonly healed: boolean
}

function look(cluster: Cluster, rules: HealthRules, expected: Expected): HealthReport {
  const { changed, declared, healed } = expected
  const resources = changed.flatMap((key) => healthOf(cluster, rules, key, declared.has(key)))
  const status = worst(resources.map((resource) => resource.status))
  if (resources.length === 0) return { outcome: 'settled', status, resources }
  const isLost = (one: ResourceHealth) =>
    one.status === 'Degraded' || (one.status === 'Missing' && !healed)
  const lost = resources.filter(isLost)
  if (lost.length === 0) return { outcome: 'waiting', status, resources }
  return {
    outcome: 'failed',
    status,
    resources: [...lost, ...resources.filter((one) => !isLost(one))],
  }
}

/** Nothing when the object has arrived: healthy, suspended, without a rule, or gone as was wanted. */
function healthOf(
  cluster: Cluster,
  rules: HealthRules,
  key: ResourceKey,
  isDeclared: boolean,
): readonly ResourceHealth[] {
  const live = cluster.live.get(key)
  if (live === undefined) {
    if (!isDeclared) return []
    return [{ key, status: 'Missing', message: 'it might have been deleted after the sync' }]
  }
  if (isHealthIgnored(live)) return []
  const health = rules.assess(live)
  if (health === undefined || health.status === 'Healthy' || health.status === 'Suspended')
    return []
  return [{ key, ...health }]
}
