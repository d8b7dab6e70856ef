import type { Cluster } from '../clients/kube/cluster.ts'
import type { HealthReport, ResourceHealth } from '../core/flow.ts'
import { waitingReason } from '../core/health/waiting-reason.ts'
import { partsOf } from '../core/manifest/key.ts'

const podOwners = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job'])

/** Adds why their pods do not start to workloads that are not healthy; read from the server now. */
export async function withReasons(cluster: Cluster, report: HealthReport): Promise<HealthReport> {
  const resources = await Promise.all(
    report.resources.map((resource) => explain(cluster, resource)),
  )
  return { ...report, resources }
}

async function explain(cluster: Cluster, resource: ResourceHealth): Promise<ResourceHealth> {
  const { kind, namespace } = partsOf(resource.key)
  const live = cluster.live.get(resource.key)
  if (live !== undefined && kind === 'Pod') {
    const text = waitingReason(live)
    return text === undefined ? resource : { ...resource, message: text }
  }
  if (live === undefined || !podOwners.has(kind)) return resource
  const spec = live.spec as { selector?: { matchLabels?: Record<string, string> } } | undefined
  const labels = Object.entries(spec?.selector?.matchLabels ?? {})
  if (labels.length === 0) return resource
  const selector = labels.map(([name, value]) => `${name}=${value}`).join(',')
  const pods = await cluster.list({ group: '', kind: 'Pod' }, namespace, selector)
  const reason = pods.map((pod) => ({ pod, text: waitingReason(pod) })).find(({ text }) => text)
  if (reason === undefined) return resource
  const why = `pod ${reason.pod.metadata.name}: ${reason.text}`
  return { ...resource, message: resource.message ? `${resource.message} (${why})` : why }
}
