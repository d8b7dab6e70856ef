import pLimit from 'p-limit'
import type { StoredApplication } from '../clients/applications.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import { inventoryKinds } from '../core/status/inventory.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { compareCached } from './compare.ts'
import { isHere } from './current.ts'
import { readDesired } from './rendered.ts'

const parallel = 8

/**
 * After a start: watches what the applications have, and wakes those that are not proven to be as
 * their status says. So drift and health that changed while no worker ran are noticed, and quiet
 * applications cost Temporal nothing.
 */
export async function verifyApplications(clients: ActivityClients): Promise<void> {
  const limit = pLimit(parallel)
  await Promise.all(clients.applications.all().map((entry) => limit(() => verify(clients, entry))))
}

async function verify(clients: ActivityClients, entry: StoredApplication): Promise<void> {
  if (!isHere(clients, entry)) return
  const cluster = clients.clusterOf(entry.application)
  // without a status its workflow has yet to speak
  if (cluster === undefined || statusOf(entry.object).driftless === undefined) return
  if (await isProven(clients, cluster, entry)) return
  await clients.wake(entry.ref, { reason: 'start', at: clients.now() })
}

async function isProven(
  { artifacts }: ActivityClients,
  cluster: Cluster,
  { application, object }: StoredApplication,
): Promise<boolean> {
  await cluster.watch(inventoryKinds(object))
  const { sync, operationState, driftless } = statusOf(object)
  if (operationState?.phase === 'Running') return false
  if (driftless?.rendered === undefined) return true
  // one whose comparison failed waits for what its status says, unless it is only not to be read
  if (sync?.status === 'Unknown' && driftless.troubledSince === undefined) return true
  // somebody may have set it right
  if (sync?.status === 'OutOfSync') return false
  const body = await artifacts.get(driftless.rendered)
  if (body === undefined) return false
  const { resources } = await readDesired({ artifacts }, driftless.rendered, { application })
  return resources.every((desired) => compareCached(cluster, desired).verdict === 'equal')
}
