import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { ActivityClients } from '../activities/clients.ts'
import { createActivities } from '../activities/index.ts'
import { verifyApplications } from '../activities/verify.ts'
import { createArtifacts } from '../clients/artifacts.ts'
import { createGit } from '../clients/git.ts'
import { createHealthNews } from '../clients/health-news.ts'
import { installKey } from '../clients/install-key.ts'
import { createCluster } from '../clients/kube/cluster.ts'
import { createSlack } from '../clients/slack.ts'
import { createStatusWriter } from '../clients/status-writer.ts'
import { createTools } from '../clients/tools.ts'
import { isControlCluster } from '../core/application.ts'
import { startClusterWatch } from '../event-sources/cluster-watch.ts'
import { clusterTaskQueue, interactiveTaskQueue, noticeTaskQueue } from '../workflows/contract.ts'
import { workflowBundle } from './bundle-file.ts'
import { type Config, readConfig } from './config.ts'
import { createLogger, type Logger } from './log.ts'
import { untilStopped } from './shutdown.ts'
import { type Wiring, wire } from './wire.ts'

/** Runs deployments until it is told to stop; what is interrupted goes on in another worker. */
export async function runWorker(): Promise<void> {
  const config = readConfig()
  const log = createLogger('worker', config.logLevel)
  const wiring = await wire(config, log)
  const clients = activityClients(config, wiring)
  await wiring.applications.synced
  const workers = await createWorkers(config, wiring, createActivities(clients), log)
  const stopped = untilStopped(log)
  const running = workers.map((worker) => worker.run())
  log.info({ queues: workers.map(({ options }) => options.taskQueue) }, 'ready')
  verifyApplications(clients).catch(wiring.onError)
  await Promise.race([stopped, ...running])
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  await Promise.allSettled(running)
  await wiring.close()
  process.exit(0)
}

function activityClients(config: Config, wiring: Wiring): ActivityClients {
  const { applications, bus, transport, wakeup, onError } = wiring
  const cluster = createCluster(transport, onError)
  const healthNews = createHealthNews(Date.now)
  const wake = wakeup.application
  startClusterWatch({ cluster, applications, healthNews, wake, now: Date.now, onError })
  return {
    applications,
    bus,
    wake,
    healthNews,
    git: createGit({ dir: `${config.data}/git`, allowFile: config.allowLoopback }),
    artifacts: createArtifacts({ dir: `${config.data}/artifacts`, key: installKey(config.data) }),
    tools: createTools(config.tools),
    status: createStatusWriter(applications, onError),
    clusterOf: ({ spec }) =>
      isControlCluster(spec.destination, [transport.server]) ? cluster : undefined,
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

type Activities = ReturnType<typeof createActivities>

async function createWorkers(config: Config, wiring: Wiring, activities: Activities, log: Logger) {
  // the SDK's own log joins ours; its warnings about failed activities are told by the operations
  const logger = new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { sdkComponent, workflowId, activityType, error } = meta ?? {}
    const reason = error instanceof Error ? error.message : undefined
    log[level === 'ERROR' ? 'error' : 'warn'](
      { sdkComponent, workflowId, activityType, reason },
      message,
    )
  })
  Runtime.install({
    shutdownSignals: [],
    logger,
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  })
  const connection = await NativeConnection.connect({ address: config.temporalAddress })
  const workflows = existsSync(workflowBundle)
    ? { workflowBundle: { codePath: fileURLToPath(workflowBundle) } }
    : { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) }
  const queues = [clusterTaskQueue(wiring.controlCluster), interactiveTaskQueue]
  const namespace = config.temporalNamespace
  const notices = { taskQueue: noticeTaskQueue, maxConcurrentActivityTaskExecutions: 5 }
  const notifier = { connection, namespace, activities, ...notices }
  return await Promise.all([
    ...(config.slack === undefined ? [] : [Worker.create(notifier)]),
    ...queues.map((taskQueue, index) =>
      Worker.create({
        connection,
        namespace,
        taskQueue,
        ...workflows,
        activities,
        identity: `${config.identity}-${index}`,
        stickyQueueScheduleToStartTimeout: '5s',
        maxConcurrentWorkflowTaskExecutions: index === 0 ? 40 : 10,
        // most of them wait for health, which costs nothing; see activities/patience.ts
        maxConcurrentActivityTaskExecutions: index === 0 ? 500 : 20,
        maxConcurrentLocalActivityExecutions: 100,
        workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: index === 0 ? 40 : 5 },
        // a run that falls out of the cache is replayed from its begin
        maxCachedWorkflows: 1_000,
        shutdownGraceTime: '5s',
      }),
    ),
  ])
}
