import { once } from 'node:events'
import type { ActivityClients } from '../activities/clients.ts'
import { scanForUnknown } from '../activities/daily-scan.ts'
import { verifyApplications } from '../activities/verify.ts'
import { type Cluster, createCluster } from '../clients/kube/cluster.ts'
import { fencedTransport } from '../clients/kube/fenced-transport.ts'
import type { Lease, Tenure } from '../clients/kube/lease.ts'
import { NetworkError } from '../core/errors.ts'
import { startClusterWatch } from '../event-sources/cluster-watch.ts'
import { startDailyScan } from '../event-sources/daily-scan.ts'
import type { Logger } from './log.ts'
import type { TaskQueues } from './task-queues.ts'
import type { Wiring } from './wire.ts'

/** The cluster while we hold it. */
export type HeldCluster = {
  /** NetworkError while another worker holds it: the step is tried again, there. */
  current(): Cluster
  begin(tenure: Tenure): Cluster
  end(): void
}

export function createHeldCluster({ transport, onError }: Wiring): HeldCluster {
  let held: Cluster | undefined
  return {
    current() {
      if (held !== undefined) return held
      throw new NetworkError('another worker holds the cluster')
    },
    begin(tenure) {
      held = createCluster(fencedTransport(transport, tenure), onError)
      return held
    },
    end() {
      held?.close()
      held = undefined
    },
  }
}

export type ClusterDutyOptions = {
  readonly wiring: Wiring
  readonly clients: ActivityClients
  readonly held: HeldCluster
  readonly queues: TaskQueues
  readonly lease: Lease
  readonly scanMs: number
  readonly log: Logger
  readonly stopping: AbortSignal
  /** Called each time that we begin to serve it. */
  readonly onBegin: () => void
}

/**
 * Works on the cluster whenever this process holds its Lease, until it is told to stop; in between
 * it is a standby that watches nothing, polls nothing and wakes nobody.
 */
export async function serveCluster(options: ClusterDutyOptions): Promise<void> {
  const { lease, log, stopping } = options
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
      log.warn({ reason }, 'lost the cluster, and waits for it as a standby')
    }
  }
}

/** Settles when the tenure is lost or the process is told to stop, and nothing of it is left. */
async function serve(options: ClusterDutyOptions, tenure: Tenure): Promise<void> {
  const { wiring, clients, held, queues, log, stopping, onBegin } = options
  const { applications, wakeup, onError, controlCluster } = wiring
  const { healthNews, health, now } = clients
  const over = AbortSignal.any([stopping, tenure.lost])
  healthNews.forget()
  const cluster = held.begin(tenure)
  const watch = {
    cluster,
    applications,
    healthNews,
    health,
    wake: wakeup.application,
    now,
    onError,
  }
  const endWatch = startClusterWatch(watch)
  const scan = () => scanForUnknown(clients, cluster)
  const endScan = startDailyScan({ scan, intervalMs: options.scanMs, onError })
  // whoever waits for a watch or an answer is let go at once
  tenure.lost.addEventListener('abort', () => held.end())
  const polling = await queues.ofCluster(controlCluster)
  log.info({ cluster: controlCluster }, 'holds the cluster')
  onBegin()
  try {
    verifyApplications(clients).catch(onError)
    await Promise.race([over.aborted || once(over, 'abort'), polling.ended])
  } finally {
    endScan()
    endWatch()
    await polling.close()
    held.end()
  }
}
