import type { ActivityClients } from '../activities/clients.ts'
import { createActivities } from '../activities/index.ts'
import { createArtifacts } from '../clients/artifacts.ts'
import { createGit } from '../clients/git.ts'
import { createHealthNews } from '../clients/health-news.ts'
import { hasEnded, holderName } from '../clients/holder.ts'
import { installKey } from '../clients/install-key.ts'
import { createLease, type Lease } from '../clients/kube/lease.ts'
import { createAccessIndex } from '../clients/repository-access.ts'
import { createSlack } from '../clients/slack.ts'
import { createStatusWriter } from '../clients/status-writer.ts'
import { createTools } from '../clients/tools.ts'
import { isControlCluster } from '../core/application.ts'
import { createHeldCluster, type HeldCluster, serveCluster } from './cluster-duty.ts'
import { type Config, readConfig } from './config.ts'
import { createLogger } from './log.ts'
import { untilStopped } from './shutdown.ts'
import { openTaskQueues } from './task-queues.ts'
import { type Wiring, wire } from './wire.ts'

/** Runs deployments until it is told to stop; what is interrupted goes on in another worker. */
export async function runWorker(): Promise<void> {
  const config = readConfig()
  const log = createLogger('worker', config.logLevel)
  const wiring = await wire(config, log)
  const held = createHeldCluster(wiring)
  const clients = activityClients(config, wiring, held)
  await wiring.applications.synced
  const stopping = new AbortController()
  const stopped = untilStopped(log)
  const placed = Promise.withResolvers<void>()
  const lease = clusterLease(config, wiring, (holder) => {
    log.info({ holder }, 'standby: another worker holds the cluster')
    placed.resolve()
  })
  const queues = await openTaskQueues(config, createActivities(clients), log)
  const serving = serveCluster({
    ...{ wiring, clients, held, queues, lease, log },
    ...{ scanMs: config.scanMs, stopping: stopping.signal, onBegin: placed.resolve },
  })
  const shared = await queues.shared()
  await Promise.race([placed.promise, serving])
  log.info('ready')
  const ended = Promise.race([stopped, serving, ...shared.map((polling) => polling.ended)])
  const code = await ended.then(
    () => 0,
    (error: unknown) => {
      log.error({ error: String(error) }, 'ends, because it cannot poll any more')
      return 1
    },
  )
  stopping.abort()
  await Promise.allSettled([serving, ...shared.map((polling) => polling.close())])
  await wiring.close()
  process.exit(code)
}

function clusterLease(
  config: Config,
  { transport, controlCluster, onError }: Wiring,
  onWait: (holder: string) => void,
): Lease {
  return createLease({
    ...{ transport, namespace: config.namespace, name: `driftless-cluster-${controlCluster}` },
    ...{ identity: holderName(), hasEnded, onWait, onError },
  })
}

function activityClients(config: Config, wiring: Wiring, held: HeldCluster): ActivityClients {
  const { applications, bus, transport, wakeup, onError } = wiring
  return {
    applications,
    bus,
    wake: wakeup.application,
    healthNews: createHealthNews(Date.now),
    git: createGit({
      ...{ dir: `${config.data}/git`, allowFile: config.allowLoopback },
      access: createAccessIndex(transport, config.namespace, onError),
    }),
    artifacts: createArtifacts({ dir: `${config.data}/artifacts`, key: installKey(config.data) }),
    tools: createTools(config.tools),
    status: createStatusWriter(applications, onError),
    clusterOf: ({ spec }) =>
      isControlCluster(spec.destination, [transport.server]) ? held.current() : undefined,
    warn: async (event) => {
      const path = `/api/v1/namespaces/${event.metadata.namespace}/events`
      await transport.request(path, { method: 'POST', body: event })
    },
    ...(config.slack === undefined
      ? { notify: undefined, slack: undefined }
      : { notify: wakeup.people, slack: createSlack(config.slack) }),
    now: Date.now,
  }
}
