import { Command } from 'commander'
import { PlatformError } from '../core/errors.ts'

/** The user's command. Each process is a subcommand; what it needs is loaded only then. */
const program = new Command('driftless')
  .description('GitOps delivery: keeps Kubernetes clusters equal to Git')
  .showHelpAfterError()

program
  .command('api')
  .description('serve the HTTP API and the webhooks')
  .action(async () => (await import('./api.ts')).runApi())

program
  .command('events')
  .description('route events from Kafka, follow Applications, poll repositories')
  .action(async () => (await import('./events.ts')).runEvents())

program
  .command('worker')
  .description('run the deployments and watch the clusters')
  .action(async () => (await import('./worker.ts')).runWorker())

program
  .command('install')
  .description(
    'create what Driftless needs: CRDs, namespace, default project, topics, Temporal namespace',
  )
  .option('--adopt-crds', 'replace Application and AppProject CRDs that others installed', false)
  .action(async (options: { adoptCrds: boolean }) =>
    (await import('./install.ts')).runInstall(options),
  )

try {
  await program.parseAsync()
} catch (error) {
  const known = error instanceof PlatformError
  console.error(known ? `error: ${error.message}` : error)
  process.exitCode = 1
}
