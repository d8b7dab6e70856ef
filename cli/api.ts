import { serve } from '@hono/node-server'
import { createApp } from '../api/app.ts'
import { readConfig } from './config.ts'
import { createLogger } from './log.ts'
import { untilStopped } from './shutdown.ts'
import { wire } from './wire.ts'

/** Serves the API until it is told to stop; requests in flight are answered first. */
export async function runApi(): Promise<void> {
  const config = readConfig()
  const log = createLogger('api', config.logLevel)
  const { applications, bus, temporal, close } = await wire(config, log)
  const app = createApp({
    applications,
    bus,
    temporal,
    webhookSecrets: { ...(config.githubSecret !== undefined && { github: config.githubSecret }) },
    log,
  })
  const stopped = untilStopped(log)
  const server = serve(
    { fetch: app.fetch, hostname: config.host, port: config.port },
    ({ port }) => {
      log.info({ port }, 'ready')
    },
  )
  server.on('error', (error) => {
    log.error({ error: error.message, port: config.port }, 'cannot listen')
    process.exit(1)
  })
  await stopped
  await new Promise((resolve) => server.close(resolve))
  await close()
  process.exit(0)
}
