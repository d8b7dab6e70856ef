import { topics } from '../core/event/topics.ts'
import { startApplicationWatch } from '../event-sources/application-watch.ts'
import { startPoller } from '../event-sources/poller.ts'
import { createRouter } from '../event-sources/router.ts'
import { readConfig } from './config.ts'
import { createLogger } from './log.ts'
import { untilStopped } from './shutdown.ts'
import { wire } from './wire.ts'

/** Routes events, follows Applications and polls repositories until it is told to stop. */
export async function runEvents(): Promise<void> {
  const config = readConfig()
  const log = createLogger('events', config.logLevel)
  const { applications, bus, wakeup, onError, close } = await wire(config, log)
  const stopped = untilStopped(log)
  await applications.synced
  const now = Date.now
  startApplicationWatch({ applications, wake: wakeup.application, now, onError })
  const router = createRouter({
    applications,
    look: wakeup.repository,
    now,
    tell: (decision) => log.info(decision, 'event routed'),
  })
  // an absent broker does not keep the rest from working: polling still deploys
  bus.consume({ topic: topics.events, group: 'driftless-router', handle: router })
  const stopPolling =
    config.pollMs === 0
      ? () => undefined
      : startPoller({
          applications,
          look: wakeup.repository,
          now,
          intervalMs: config.pollMs,
          onError,
        })
  log.info('ready')
  await stopped
  stopPolling()
  await close()
  process.exit(0)
}
