import type { Command } from 'commander'
import { shortRevision } from '../../core/short-revision.ts'
import {
  type ApplicationView,
  conditionsText,
  firstSource,
  isFailed,
  policyText,
} from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { exitCodes } from '../exit.ts'
import { type OutputOptions, print, withOutput } from '../output/print.ts'
import { table } from '../output/table.ts'

type Options = ServerOptions &
  OutputOptions & {
    readonly selector?: string
    readonly project?: readonly string[]
    readonly repo?: string
    readonly failed?: boolean
  }

/** `app list`. */
export function addAppList(app: Command): void {
  withOutput(withServer(app.command('list').alias('ls').description('list applications')))
    .option('-l, --selector <selector>', 'only those with these labels')
    .option('-p, --project <project...>', 'only those of these projects')
    .option('-r, --repo <url>', 'only those of this repository')
    .option('--failed', 'only those that failed or are Degraded; exits 1 when there is one')
    .action(list)
}

async function list(options: Options): Promise<void> {
  const remote = await connect(options)
  const { selector, project: projects, repo } = options
  const query = { selector, projects, repo }
  const answer = await remote.call<{ items: readonly ApplicationView[] }>(
    ...(['GET', '/api/v1/applications', { query }] as const),
  )
  const items = options.failed === true ? answer.items.filter(isFailed) : answer.items
  print(options, { data: items, name: namesOf, text: (data, wide) => listTable(data, wide) })
  if (options.failed === true && items.length > 0) process.exitCode = exitCodes.no
}

function namesOf(items: readonly ApplicationView[]): string {
  return items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join('\n')
}

const columns = ['NAME', 'PROJECT', 'STATUS', 'HEALTH', 'OPERATION', 'SYNCPOLICY', 'CONDITIONS']
const more = ['CLUSTER', 'NAMESPACE', 'REPO', 'PATH', 'TARGET', 'REVISION']

function listTable(items: readonly ApplicationView[], wide: boolean): string {
  const rows = items.map((item) => [...row(item), ...(wide ? wideRow(item) : [])])
  return table([...columns, ...(wide ? more : [])], rows)
}

function row(item: ApplicationView): readonly (string | undefined)[] {
  const { metadata, spec, status } = item
  return [
    ...[metadata.name, spec.project || 'default'],
    status?.sync?.status ?? 'Unknown',
    status?.health?.status ?? 'Unknown',
    metadata.deletionTimestamp === undefined ? status?.operationState?.phase : 'Deleting',
    ...[policyText(item), conditionsText(item)],
  ]
}

function wideRow(item: ApplicationView): readonly (string | undefined)[] {
  const { destination = {} } = item.spec
  const source = firstSource(item)
  const revision = item.status?.sync?.revision
  return [
    ...[destination.server ?? destination.name, destination.namespace],
    ...[source.repoURL, source.chart ?? source.path, source.targetRevision ?? 'HEAD'],
    revision && shortRevision(revision),
  ]
}
