import type { Command } from 'commander'
import { shortRevision } from '../../core/short-revision.ts'
import { goneText } from '../../core/status/gone.ts'
import type { ApplicationView } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { CommandEnd } from '../exit.ts'
import { type OutputOptions, print, withOutput } from '../output/print.ts'
import { table } from '../output/table.ts'
import { wholeNumber } from './arguments.ts'
import { followOperation } from './operation-end.ts'

type RollbackOptions = ServerOptions & {
  readonly prune?: boolean
  readonly dryRun?: boolean
  readonly async?: boolean
  readonly timeout: number
}

/** `app history`, `app rollback` and `app terminate-op`. */
export function addAppHistory(app: Command): void {
  withOutput(withServer(app.command('history <name>').description('show the deployments'))).action(
    history,
  )
  withServer(app.command('rollback <name> [id]'))
    .description('go back to a deployment, by default the one before; holds automated sync')
    .option('--prune', 'delete what is not declared there')
    .option('--dry-run', 'only say what would be done')
    .option('--async', 'do not wait for the end')
    .option('--timeout <seconds>', 'how long to wait; 0 is for ever', wholeNumber, 0)
    .action(rollback)
  withServer(app.command('terminate-op <name>').alias('terminate'))
    .description('terminate the running operation')
    .action(terminate)
}

const pathOf = (name: string) => `/api/v1/applications/${encodeURIComponent(name)}`

async function history(name: string, options: ServerOptions & OutputOptions): Promise<void> {
  const remote = await connect(options)
  const application = await remote.call<ApplicationView>('GET', pathOf(name))
  const { status } = application
  print(options, {
    data: status?.history ?? [],
    name: (entries) => entries.map(({ id }) => id).join('\n'),
    text: (entries) =>
      table(
        ['ID', 'DATE', 'REVISION', 'BY', 'HEALTH', 'HEALS'],
        entries.map(({ id, deployedAt, revision, initiatedBy, health, heals }) => [
          ...[String(id), deployedAt, shortRevision(revision)],
          ...[String(initiatedBy?.username ?? 'automated'), health],
          heals === undefined ? '' : `${heals}`,
        ]),
      ),
  })
  const gone = goneText(status?.history ?? [], application)
  if (gone !== undefined) console.error(gone)
}

async function rollback(
  name: string,
  given: string | undefined,
  options: RollbackOptions,
): Promise<void> {
  const remote = await connect(options)
  const id =
    given === undefined
      ? previousOf(await remote.call<ApplicationView>('GET', pathOf(name)))
      : wholeNumber(given)
  const { prune, dryRun } = options
  await remote.call('POST', `${pathOf(name)}/rollback`, { body: { id, prune, dryRun } })
  if (options.async === true) return console.log(`asked for: ${name} back to ${id}`)
  await followOperation(remote, name, options.timeout)
}

function previousOf({ metadata, status }: ApplicationView): number {
  const entry = status?.history?.at(-2)
  if (entry !== undefined) return entry.id
  throw new CommandEnd(`${metadata.name} has no deployment before this one`)
}

async function terminate(name: string, options: ServerOptions): Promise<void> {
  const remote = await connect(options)
  await remote.call('DELETE', `${pathOf(name)}/operation`)
  console.log(`application ${name}: the operation ends at its next safe point`)
}
