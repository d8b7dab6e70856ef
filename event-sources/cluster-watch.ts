import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import type { HealthNews } from '../clients/health-news.ts'
import type { HealthRules } from '../clients/health-rules.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { LiveChange } from '../clients/kube/live-store.ts'
import { holds } from '../core/diff/proof.ts'
import type { ApplicationRef, Wake } from '../core/flow.ts'
import type { ResourceKey } from '../core/manifest/key.ts'
import { isKeptOnDelete } from '../core/plan/kept.ts'
import { isHookFinalizer } from '../core/policy/finalizers.ts'
import { applicationHealth, verdicts } from '../core/status/application-health.ts'
import { statusOf } from '../core/status/status.ts'
import { retryForever } from './retry.ts'

export type ClusterWatchOptions = {
  readonly cluster: Cluster
  readonly applications: ApplicationIndex
  readonly healthNews: HealthNews
  readonly health: HealthRules
  /** Whether the application is deployed to this cluster: what it left in another one is not its. */
  readonly isHere: (application: StoredApplication) => boolean
  readonly wake: (ref: ApplicationRef, wake: Wake) => Promise<void>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

// verdicts often change several times within one rollout step; the news is how it ends
const healthQuietMs = 40
const attendedMs = 250

/**
 * Tells applications of drift and of changes of health, from the watches of one cluster.
 * Drift is a change of what we own (own writes never are); an object without a proof is left to
 * the comparison that will make one. Gives the function that ends it.
 */
export function startClusterWatch(options: ClusterWatchOptions): () => void {
  const { cluster, applications } = options
  const drifted = new Map<string, Set<ResourceKey>>()
  const quiet = new Map<string, NodeJS.Timeout>()
  let isStopped = false

  const tellDrift = (application: StoredApplication, key: ResourceKey): void => {
    const keys = drifted.get(application.label)
    if (keys !== undefined) {
      keys.add(key)
      return
    }
    drifted.set(application.label, new Set([key]))
    // one wake for all that drifts in the same turn of the watch
    setImmediate(() => {
      const all = [...(drifted.get(application.label) ?? [])]
      drifted.delete(application.label)
      if (isStopped) return
      void deliver(options, application, { reason: 'drift', at: options.now(), keys: all })
    })
  }
  const considerHealth = (label: string): void => {
    // whoever attends looks by himself; asked again later, in case he ends without looking
    if (options.healthNews.isAttended(label)) {
      quiet.set(
        label,
        setTimeout(() => considerHealth(label), attendedMs),
      )
      return
    }
    quiet.delete(label)
    void options.health.ready(cluster.live.ofApplication(label)).then(() => {
      const application = applications.byLabel(label)
      if (application === undefined || !isNews(options, application)) return
      void deliver(options, application, { reason: 'health', at: options.now() })
    }, options.onError)
  }
  cluster.live.subscribe((change) => {
    const application = applications.byLabel(change.label)
    if (isStopped || application === undefined || !options.isHere(application)) return
    if (isDrift(cluster, application, change)) tellDrift(application, change.key)
    if (!quiet.has(change.label)) {
      quiet.set(
        change.label,
        setTimeout(() => considerHealth(change.label), healthQuietMs),
      )
    }
  })
  return () => {
    isStopped = true
    for (const timer of quiet.values()) clearTimeout(timer)
  }
}

async function deliver(
  { wake, onError }: ClusterWatchOptions,
  { ref }: StoredApplication,
  message: Wake,
): Promise<void> {
  await retryForever(() => wake(ref, message), onError)
}

function isDrift(
  cluster: Cluster,
  { object }: StoredApplication,
  { key, live, own }: LiveChange,
): boolean {
  if (own || object.metadata.deletionTimestamp !== undefined) return false
  const proof = cluster.settled.get(key)
  if (proof === undefined) return false
  if (live !== undefined && holds(proof, live)) return false
  cluster.settled.delete(key)
  return true
}

/** While the Application is deleted, the end of its objects is the news, and that of its hooks. */
function isNews(
  { cluster, healthNews, health: rules }: ClusterWatchOptions,
  { application, object, label }: StoredApplication,
): boolean {
  const live = cluster.live.ofApplication(label)
  const { deletionTimestamp, finalizers = [], uid } = object.metadata
  const isGone = live.every((one) => isKeptOnDelete(application, one) || one.metadata.uid === uid)
  const runsHooks = finalizers.some((name) => isHookFinalizer(name))
  if (deletionTimestamp !== undefined && (isGone || !runsHooks)) return isGone
  const now = verdicts(live, rules.assess)
  const told = healthNews.told(label)
  healthNews.tell(label, now)
  if (told !== undefined) return told !== now
  // since the start nobody was told by us: what the status says is what is known
  const { health, resources = [] } = statusOf(object)
  return (
    health !== undefined &&
    health.status !== applicationHealth(live, resources.length, rules.assess, uid).status
  )
}
