import { Command, CommanderError } from 'commander'
import { PlatformError } from '../core/errors.ts'
import { CommandEnd, exitCodes } from './exit.ts'

/** The user's command. Each process is a subcommand; what it needs is loaded only then. */
const program = new Command('driftless')
  .description('GitOps delivery: keeps Kubernetes clusters equal to Git')
  .showHelpAfterError()
  .exitOverride()

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

program
  .command('bundle', { hidden: true })
  .description('bundle the workflows of compiled code, so that workers start without a bundler')
  .action(async () => (await import('./bundle.ts')).bundleWorkflows())

const processes = new Set(program.commands.map((command) => command.name()))

try {
  const [name = '', next = '-'] = process.argv.slice(2)
  // `events` alone is the process, with a further word it is a command for people
  if (!processes.has(name) || !next.startsWith('-')) {
    const { addClientCommands } = await import('./commands/client-commands.ts')
    addClientCommands(program)
  }
  await program.parseAsync()
} catch (error) {
  process.exitCode = endWith(error)
}

/** Says what went wrong, unless it was said already, and gives the exit code. */
function endWith(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.error
  if (error instanceof CommandEnd) {
    console.error(`error: ${error.message}`)
    return error.exitCode
  }
  console.error(error instanceof PlatformError ? `error: ${error.message}` : error)
  return exitCodes.error
}
