import { once } from 'node:events'
import type { ActivityClients } from '../activities/clients.ts'
import { isHere } from '../activities/current.ts'
import { scanForUnknown } from '../activities/daily-scan.ts'
import type { createActivities } from '../activities/index.ts'
import { verifyApplications } from '../activities/verify.ts'
import type { Lease, Tenure } from '../clients/kube/lease.ts'
import { startClusterWatch } from '../event-sources/cluster-watch.ts'
import { startDailyScan } from '../event-sources/daily-scan.ts'
import type { HeldCluster } from './held-cluster.ts'
import type { Logger } from './log.ts'
import type { TaskQueues } from './task-queues.ts'

export type ClusterDutyOptions = {
  /** Of this cluster alone. */
  readonly clients: ActivityClients
  readonly activities: ReturnType<typeof createActivities>
  readonly held: HeldCluster
  readonly queues: TaskQueues
  /** How many tasks of workflows are asked for at once. */
  readonly pollers: number
  readonly lease: Lease
  readonly scanMs: number
  readonly log: Logger
  readonly onError: (error: unknown) => void
  readonly stopping: AbortSignal
  /** Called each time that we begin to serve it. */
  readonly onBegin?: () => void
  /** Called when it is watched anew, with the way to reach it that holds now; gives the function that ends that. */
  readonly onOpen?: () => () => void
  /** Settles when there is another way to reach it. */
  readonly changed?: () => Promise<void>
}

/**
 * Works on the cluster whenever this process holds its Lease, until it is told to stop; in between
 * it is a standby that watches nothing, polls nothing and wakes nobody.
 */
export async function serveCluster(options: ClusterDutyOptions): Promise<void> {
  const { lease, log, stopping } = options
  const { clusterId } = options.clients
  while (!stopping.aborted) {
    const tenure = await lease.acquire(stopping)
    if (tenure === undefined) return
    try {
      await serve(options, tenure)
    } finally {
      // only now: two must never work on it
      await tenure.release()
    }
    if (tenure.lost.aborted) {
      const reason = String((tenure.lost.reason as Error).message)
      log.warn({ cluster: clusterId, reason }, 'lost the cluster, and waits for it as a standby')
    }
  }
}

/** Settles when the tenure is lost or the process is told to stop, and nothing of it is left. */
async function serve(options: ClusterDutyOptions, tenure: Tenure): Promise<void> {
  const { clients, activities, held, queues, pollers, log, stopping, onError } = options
  const { clusterId } = clients
  const over = AbortSignal.any([stopping, tenure.lost])
  let endWatches = watch(options, tenure)
  // whoever waits for a watch or an answer is let go at once
  tenure.lost.addEventListener('abort', () => held.end())
  const polling = await queues.ofCluster(clusterId, activities, pollers)
  log.info({ cluster: clusterId }, 'holds the cluster')
  options.onBegin?.()
  const ended = Promise.race([over.aborted || once(over, 'abort'), polling.ended])
  const isOver = ended.then(() => true)
  try {
    do verifyApplications(clients).catch(onError)
    while (await isChanged())
  } finally {
    endWatches()
    await polling.close()
    held.end()
  }

  /** Waits for the end or another way to reach the cluster, and takes that. */
  async function isChanged(): Promise<boolean> {
    const changed = options.changed?.().then(() => false) ?? isOver
    if (await Promise.race([isOver, changed])) return false
    endWatches()
    endWatches = watch(options, tenure)
    return true
  }
}

/** Begins to look at the cluster; gives the function that ends it. */
function watch(options: ClusterDutyOptions, tenure: Tenure): () => void {
  const { clients, held, scanMs, onError, onOpen } = options
  clients.healthNews.forget()
  const cluster = held.begin(tenure)
  if (cluster === undefined) return () => undefined
  const { applications, healthNews, health, wake, now } = clients
  const ends = [
    startClusterWatch({
      ...{ cluster, applications, healthNews, health, wake, now, onError },
      isHere: (application) => isHere(clients, application),
    }),
    startDailyScan({ scan: () => scanForUnknown(clients, cluster), intervalMs: scanMs, onError }),
    ...(onOpen === undefined ? [] : [onOpen()]),
  ]
  return () => {
    for (const end of ends) end()
  }
}
