import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
} from '@temporalio/worker'
import type { createActivities } from '../activities/index.ts'
import { clusterTaskQueue, interactiveTaskQueue, noticeTaskQueue } from '../workflows/contract.ts'
import { workflowBundle } from './bundle-file.ts'
import type { Config } from './config.ts'
import type { Logger } from './log.ts'

type Activities = ReturnType<typeof createActivities>

/** A Temporal worker that polls its queue until it is closed. */
export type Polling = {
  /** Rejects when it ends by itself. */
  readonly ended: Promise<void>
  /** Polls no more, and settles when what runs has ended or was given up. */
  close(): Promise<void>
}

/** The task queues that this process can serve. */
export type TaskQueues = {
  /** What every worker serves: looks at Git, and calls to Slack. */
  shared(activities: Activities): Promise<readonly Polling[]>
  /** What only the holder of the cluster serves, with workers of its own: no cluster takes another's turns. */
  ofCluster(cluster: string, activities: Activities, pollers: number): Promise<Polling>
}

const graceTime = '5s'
// activities that wait for something which does not come any more; less than a process has to end
const forceTime = '8s'

/** Connects to Temporal; nothing is polled yet. */
export async function openTaskQueues(config: Config, log: Logger): Promise<TaskQueues> {
  joinLog(log)
  const connection = await NativeConnection.connect({ address: config.temporalAddress })
  const common = { connection, namespace: config.temporalNamespace }
  const times = { shutdownGraceTime: graceTime, shutdownForceTime: forceTime } as const
  const open = async (options: WorkerOptions) => poll(await Worker.create({ ...times, ...options }))
  const notices = { taskQueue: noticeTaskQueue, maxConcurrentActivityTaskExecutions: 5 }
  return {
    shared: (activities) =>
      Promise.all([
        ...(config.slack === undefined ? [] : [open({ ...common, activities, ...notices })]),
        open({
          ...common,
          activities,
          ...workflowOptions(5),
          taskQueue: interactiveTaskQueue,
          identity: `${config.identity}-1`,
          maxConcurrentWorkflowTaskExecutions: 10,
          maxConcurrentActivityTaskExecutions: 20,
        }),
      ]),
    ofCluster: (cluster, activities, pollers) =>
      open({
        ...common,
        activities,
        ...workflowOptions(pollers),
        taskQueue: clusterTaskQueue(cluster),
        identity: `${config.identity}-${cluster}`,
        maxConcurrentWorkflowTaskExecutions: 40,
        // most of them wait for health, which costs nothing; see activities/patience.ts
        maxConcurrentActivityTaskExecutions: 500,
      }),
  }
}

/** The SDK's own log joins ours; its warnings about failed activities are told by the operations. */
function joinLog(log: Logger): void {
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
}

function workflowOptions(pollers: number) {
  const workflows = existsSync(workflowBundle)
    ? { workflowBundle: { codePath: fileURLToPath(workflowBundle) } }
    : { workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)) }
  return {
    ...workflows,
    stickyQueueScheduleToStartTimeout: '5s',
    maxConcurrentLocalActivityExecutions: 100,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: pollers },
    // a run that falls out of the cache is replayed from its begin
    maxCachedWorkflows: 1_000,
  } as const
}

function poll(worker: Worker): Polling {
  const ended = worker.run()
  return {
    ended,
    async close() {
      if (worker.getState() === 'RUNNING') worker.shutdown()
      await ended.catch(() => undefined)
    },
  }
}
