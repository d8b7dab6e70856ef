import { createActivities } from '../activities/index.ts'
import { createRepositories } from '../activities/repositories.ts'
import { wakeFailed, wakeMisplaced } from '../activities/wake-by-place.ts'
import { hasEnded, holderName } from '../clients/holder.ts'
import { createLease } from '../clients/kube/lease.ts'
import { startClusterProbe } from '../event-sources/cluster-probe.ts'
import { clusterClients, type SharedClients } from './activity-clients.ts'
import { type ClusterDutyOptions, serveCluster } from './cluster-duty.ts'
import { leasePrefix, serveFleet } from './cluster-fleet.ts'
import type { Config } from './config.ts'
import type { Declaration } from './declaration.ts'
import { type HeldCluster, heldControlCluster, heldRemoteCluster } from './held-cluster.ts'
import type { Logger } from './log.ts'
import type { TaskQueues } from './task-queues.ts'
import type { Wiring } from './wire.ts'

export type ServeClustersOptions = {
  readonly config: Config
  readonly wiring: Wiring
  readonly shared: SharedClients
  readonly queues: TaskQueues
  readonly log: Logger
  readonly stopping: AbortSignal
  /** The control cluster is ours, or another worker's. */
  readonly onPlaced: () => void
}

/** Works on the control cluster, and on those that Secrets declare. */
export function serveClusters(options: ServeClustersOptions) {
  const { config, wiring, log, stopping, onPlaced } = options
  const dutyOf = duties(options)
  const control = wiring.clusters.idOf({ name: 'in-cluster' })
  const held = heldControlCluster(wiring.transport, wiring.onError)
  const duty = dutyOf(control, held, (holder) => {
    log.info({ holder }, 'standby: another worker holds the cluster')
    onPlaced()
  })
  const onOpen = () => followDeclarations(duty, wiring)
  const serving = serveCluster({ ...duty, pollers: 40, onBegin: onPlaced, onOpen })
  const fleet = serveFleet({
    ...{ wiring, namespace: config.namespace, control, stopping },
    serve: (id, declaration, over) => {
      const remote = dutyOf(id, heldRemoteCluster(declaration.take, wiring.onError))
      return serveCluster({
        ...{ ...remote, pollers: 10, stopping: over, changed: declaration.changed },
        onOpen: () => followRemote(remote, declaration),
      })
    },
  })
  return { activities: duty.activities, serving, fleet: fleet.catch(wiring.onError) }
}

type Duty = Omit<ClusterDutyOptions, 'pollers'>

function duties({ config, wiring, shared, queues, log, stopping }: ServeClustersOptions) {
  const { transport, onError } = wiring
  const { namespace, scanMs } = config
  // what one cluster's activities fetched, those of the others need not
  const repositories = createRepositories(shared.now)
  return (clusterId: string, held: HeldCluster, onWait?: (holder: string) => void): Duty => {
    const clients = clusterClients(shared, clusterId, held)
    const lease = createLease({
      ...{ transport, namespace, name: `${leasePrefix}${clusterId}`, identity: holderName() },
      ...{ hasEnded, onError, ...(onWait !== undefined && { onWait }) },
    })
    const activities = createActivities(clients, repositories)
    return { clients, activities, held, queues, lease, scanMs, log, onError, stopping }
  }
}

/** The holder of the control cluster tells applications that their cluster is known now, or is no more. */
function followDeclarations({ clients, onError }: Duty, { clusters }: Wiring): () => void {
  let told: NodeJS.Immediate | undefined
  const tell = (): void => {
    // many Secrets come in one list
    told ??= setImmediate(() => {
      told = undefined
      wakeMisplaced(clients).catch(onError)
    })
  }
  tell()
  const end = clusters.subscribe(tell)
  return () => {
    clearImmediate(told)
    end()
  }
}

/**
 * Whoever failed at the cluster tries again when it can be reached otherwise, or again; what its
 * watches missed while it was silent they would not notice by themselves for minutes.
 */
function followRemote({ clients, held, onError }: Duty, { renew }: Declaration): () => void {
  wakeFailed(clients).catch(onError)
  return startClusterProbe({
    ask: async () => await held.current()?.version(),
    ...{ onBack: renew, onError },
  })
}
