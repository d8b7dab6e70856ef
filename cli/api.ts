import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createApp } from '../api/app.ts'
import type { ApiClients } from '../api/clients.ts'
import { createAccounts } from '../clients/accounts.ts'
import { createApplicationObjects } from '../clients/application-objects.ts'
import { createClusterPool } from '../clients/cluster-pool.ts'
import { createClusterSecrets } from '../clients/clusters/secrets.ts'
import { createExplainIndex } from '../clients/explain-index.ts'
import { createStaticFiles } from '../clients/static-files.ts'
import type { Application } from '../core/application.ts'
import { retryForever } from '../event-sources/retry.ts'
import { type Config, readConfig } from './config.ts'
import { serveHttp } from './http-server.ts'
import { createLogger, type Logger } from './log.ts'
import { createRenderOnRequest } from './render-on-request.ts'
import { useScratch } from './scratch.ts'
import { untilStopped } from './shutdown.ts'
import { userRules } from './user-rules.ts'
import { version } from './version.ts'
import { type Wiring, wire } from './wire.ts'

const patienceMs = 3_000

/** Serves the API until it is told to stop; requests in flight are answered first, streams end. */
export async function runApi(): Promise<void> {
  const config = readConfig()
  useScratch(config, 'api')
  const log = createLogger('api', config.logLevel)
  const wiring = await wire(config, log)
  const stopping = new AbortController()
  const clients = apiClients(config, wiring, log, stopping.signal)
  const app = createApp(clients)
  const stopped = untilStopped(log)
  const prepared = retryForever(clients.accounts.prepare, wiring.onError)
  // webhooks are taken also while Kubernetes is away
  await Promise.race([
    Promise.all([prepared, wiring.clusters.synced, wiring.settings.synced]),
    delay(patienceMs),
  ])
  const server = await serveHttp(app.fetch, config).catch((error: Error) => {
    log.error({ error: error.message, port: config.port }, 'cannot listen')
    process.exit(1)
  })
  log.info({ port: server.port }, 'ready')
  await stopped
  const closed = server.close()
  stopping.abort()
  await closed
  await wiring.close()
  process.exit(0)
}

function apiClients(
  config: Config,
  wiring: Wiring,
  log: Logger,
  stopping: AbortSignal,
): ApiClients {
  const { applications, bus, clusters, temporal, transport, wakeup, onError } = wiring
  const rules = userRules(wiring)
  const { customizations, setting } = rules
  const pool = createClusterPool(clusters, transport, onError)
  const clusterOf = ({ spec }: Application) => pool.of(spec.destination)
  return {
    ...{ applications, bus, clusters, temporal, log, stopping, version: version() },
    clusterAt: pool.of,
    rules,
    objects: createApplicationObjects(transport),
    clusterSecrets: createClusterSecrets(transport, config.namespace),
    accounts: createAccounts(transport, config.namespace),
    ...createRenderOnRequest({
      ...{ config, applications, clusters, clusterOf, customizations, setting, transport, onError },
    }),
    webhookSecrets: { ...(config.githubSecret !== undefined && { github: config.githubSecret }) },
    ...(config.slack !== undefined && { notify: wakeup.people }),
    swaggerFiles: createStaticFiles(
      dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json'))),
      ['swagger-ui.css', 'swagger-ui-bundle.js'],
    ),
    explanations: createExplainIndex({ bus, now: Date.now }),
    publicMetrics: config.publicMetrics,
    now: Date.now,
  }
}
