import { startProjectRelease } from '../event-sources/project-release.ts'
import { startProjectWatch } from '../event-sources/project-watch.ts'
import { sharedClients } from './activity-clients.ts'
import { type Config, readConfig } from './config.ts'
import { createLogger, type Logger } from './log.ts'
import { useScratch } from './scratch.ts'
import { serveClusters } from './serve-clusters.ts'
import { untilStopped } from './shutdown.ts'
import { openTaskQueues } from './task-queues.ts'
import { userRules } from './user-rules.ts'
import { type Wiring, wire } from './wire.ts'

/** Runs deployments until it is told to stop; what is interrupted goes on in another worker. */
export async function runWorker(): Promise<void> {
  const config = readConfig()
  useScratch(config, 'worker')
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

/** Serves what every worker serves, and the clusters whenever they are ours, until `stopping`. */
async function startServing(config: Config, wiring: Wiring, log: Logger, stopping: AbortSignal) {
  const { applications, clusters, settings } = wiring
  const rules = userRules(wiring)
  const shared = sharedClients(config, wiring, rules)
  const opening = openTaskQueues(config, log)
  const [queues] = await Promise.all([
    opening,
    applications.synced,
    clusters.synced,
    settings.synced,
  ])
  const placed = Promise.withResolvers<void>()
  const { activities, serving, fleet } = serveClusters({
    ...{ config, wiring, shared, queues, log, stopping },
    onPlaced: placed.resolve,
  })
  startProjectRelease({ applications, onError: wiring.onError })
  startProjectWatch({
    ...{ applications, wake: shared.wake, now: shared.now, onError: wiring.onError },
  })
  const sharing = queues.shared(activities)
  const run = async (): Promise<void> => {
    const pollings = await sharing
    await Promise.race([placed.promise, serving])
    log.info('ready')
    await Promise.race([serving, ...pollings.map((polling) => polling.ended)])
  }
  return {
    ended: run(),
    async close() {
      const pollings = await sharing.catch(() => [])
      await Promise.allSettled([serving, fleet, ...pollings.map((polling) => polling.close())])
    },
  }
}
