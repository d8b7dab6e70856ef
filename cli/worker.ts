import type { ActivityClients } from '../activities/clients.ts'
import { createActivities } from '../activities/index.ts'
import { createArtifacts } from '../clients/artifacts.ts'
import { createCharts } from '../clients/charts.ts'
import { createGit } from '../clients/git.ts'
import { createHealthNews } from '../clients/health-news.ts'
import { hasEnded, holderName } from '../clients/holder.ts'
import { installKey } from '../clients/install-key.ts'
import { createLease, type Lease } from '../clients/kube/lease.ts'
import { createPlugins } from '../clients/plugins.ts'
import { createAccessIndex } from '../clients/repository-access.ts'
import { createSlack } from '../clients/slack.ts'
import { createStatusWriter } from '../clients/status-writer.ts'
import { createTools } from '../clients/tools.ts'
import { isControlCluster } from '../core/application.ts'
import { createHeldCluster, type HeldCluster, serveCluster } from './cluster-duty.ts'
import { type Config, readConfig } from './config.ts'
import { gitOptions } from './git-options.ts'
import { createLogger, type Logger } from './log.ts'
import { untilStopped } from './shutdown.ts'
import { openTaskQueues } from './task-queues.ts'
import { userRules } from './user-rules.ts'
import { type Wiring, wire } from './wire.ts'

/** Runs deployments until it is told to stop; what is interrupted goes on in another worker. */
export async function runWorker(): Promise<void> {
  const config = readConfig()
  const log = createLogger('worker', config.logLevel)
  const wiring = await wire(config, log)
  const stopping = new AbortController()
  const stopped = untilStopped(log)
  const { ended, close } = await startServing(config, wiring, log, stopping.signal)
  const code = await Promise.race([stopped, ended]).then(
    () => 0,
    (error: unknown) => {
      log.error({ error: String(error) }, 'ends, because it cannot poll')
      return 1
    },
  )
  stopping.abort()
  await close()
  await wiring.close()
  process.exit(code)
}

/** Serves what every worker serves, and the cluster whenever it is ours, until `stopping`. */
async function startServing(config: Config, wiring: Wiring, log: Logger, stopping: AbortSignal) {
  const held = createHeldCluster(wiring)
  const { rules, synced } = userRules(config, wiring)
  const clients = { ...rules, ...activityClients(config, wiring, held) }
  const placed = Promise.withResolvers<void>()
  const lease = clusterLease(config, wiring, (holder) => {
    log.info({ holder }, 'standby: another worker holds the cluster')
    placed.resolve()
  })
  const opening = openTaskQueues(config, createActivities(clients), log)
  const [queues] = await Promise.all([opening, wiring.applications.synced, synced])
  const { scanMs } = config
  const serving = serveCluster({
    ...{ wiring, clients, held, queues, lease, log, scanMs, stopping },
    onBegin: placed.resolve,
  })
  const sharing = queues.shared()
  const run = async (): Promise<void> => {
    const shared = await sharing
    await Promise.race([placed.promise, serving])
    log.info('ready')
    await Promise.race([serving, ...shared.map((polling) => polling.ended)])
  }
  return {
    ended: run(),
    async close() {
      const shared = await sharing.catch(() => [])
      await Promise.allSettled([serving, ...shared.map((polling) => polling.close())])
    },
  }
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

function activityClients(
  config: Config,
  wiring: Wiring,
  held: HeldCluster,
): Omit<ActivityClients, 'customizations' | 'health' | 'jq'> {
  const { applications, bus, transport, wakeup, onError } = wiring
  const access = createAccessIndex(transport, config.namespace, onError)
  return {
    applications,
    bus,
    wake: wakeup.application,
    healthNews: createHealthNews(Date.now),
    git: createGit({ dir: `${config.data}/git`, ...gitOptions(config), access }),
    charts: createCharts({
      ...{ dir: `${config.data}/charts`, helm: config.tools.helm, access, now: Date.now },
    }),
    artifacts: createArtifacts({ dir: `${config.data}/artifacts`, key: installKey(config.data) }),
    tools: createTools(config.tools),
    plugins: createPlugins(config.plugins, onError),
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
