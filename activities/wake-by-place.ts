import type { StoredApplication } from '../clients/applications.ts'
import { statusOf } from '../core/status/status.ts'
import type { ActivityClients } from './clients.ts'
import { type Here, isHere } from './current.ts'

type Clients = Pick<ActivityClients, 'applications' | 'wake' | 'now'>

/**
 * After a change of the declared clusters: wakes the applications whose destination cannot be used
 * any more, or can be used again, so that their status says so (CLUS-11).
 */
export async function wakeMisplaced(clients: Clients & Pick<ActivityClients, 'clusters'>) {
  await wakeThose(clients, ({ application, object }) => {
    const { kind } = clients.clusters.placeOf(application.spec.destination)
    const { conditions = [] } = statusOf(object)
    const isTold = conditions.some(
      ({ type, message }) => type === 'InvalidSpecError' && message.includes('spec.destination'),
    )
    return isTold === (kind === 'control' || kind === 'remote')
  })
}

// causes that another way to reach the cluster, or its answer, can take away
const ofReaching: ReadonlySet<string> = new Set(['network', 'permission'])

/** When a cluster can be reached again or otherwise: wakes those of its applications that failed at it. */
export async function wakeFailed(clients: Clients & Here): Promise<void> {
  await wakeThose(clients, (entry) => {
    const { sync, driftless } = statusOf(entry.object)
    const isFailed = sync?.status === 'Unknown' || ofReaching.has(driftless?.failure?.cause ?? '')
    return isFailed && isHere(clients, entry)
  })
}

async function wakeThose(
  { applications, wake, now }: Clients,
  isMeant: (application: StoredApplication) => boolean,
): Promise<void> {
  for (const application of applications.all()) {
    if (isMeant(application)) await wake(application.ref, { reason: 'start', at: now() })
  }
}
