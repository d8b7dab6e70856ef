import { decisionEvent } from '../core/event/decision.ts'
import { topics } from '../core/event/topics.ts'
import { pollInterval } from '../core/policy/poll-interval.ts'
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
  const wiring = await wire(config, log)
  const { applications, bus, clusters, settings, wakeup, onError, close } = wiring
  const stopped = untilStopped(log)
  await Promise.all([applications.synced, clusters.synced])
  const now = Date.now
  startApplicationWatch({ applications, wake: wakeup.application, now, onError })
  const router = createRouter({
    applications,
    look: wakeup.repository,
    now,
    tell: async ({ event, decision, reason }) => {
      log.info({ event, decision, reason }, 'event routed')
      const told = decisionEvent({
        ...{ step: 'routed', id: event, source: '/router', at: now(), events: [event] },
        ...{ summary: `${decision}: ${reason}`, facts: { decision } },
      })
      await bus.publish(topics.decisions, told, event)
    },
  })
  // an absent broker does not keep the rest from working: polling still deploys
  bus.consume({ topic: topics.events, group: 'driftless-router', handle: router })
  await settings.synced
  const stopPolling = startPoller({
    applications,
    look: wakeup.repository,
    now,
    intervalMs: () => pollInterval(settings.get('timeout.reconciliation'), config.pollMs),
    onError,
  })
  log.info('ready')
  await stopped
  stopPolling()
  await close()
  process.exit(0)
}
