import type { Command } from 'commander'
import { shortRevision } from '../../core/short-revision.ts'
import type { Hold } from '../../core/status/status.ts'
import { type ApplicationView, firstSource, policyText } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import { age } from '../output/age.ts'
import { type OutputOptions, print, withOutput } from '../output/print.ts'
import { printable, table } from '../output/table.ts'

type Options = ServerOptions &
  OutputOptions & {
    readonly refresh?: boolean
    readonly hardRefresh?: boolean
  }

/** `app get`. */
export function addAppGet(app: Command): void {
  withOutput(withServer(app.command('get <name>').description('show an application')))
    .option('--refresh', 'compare it anew first')
    .option('--hard-refresh', 'render and compare it anew first')
    .action(get)
}

async function get(name: string, options: Options): Promise<void> {
  const remote = await connect(options)
  const refresh = options.hardRefresh ? 'hard' : options.refresh ? 'normal' : undefined
  const path = `/api/v1/applications/${encodeURIComponent(name)}`
  const data = await remote.call<ApplicationView>('GET', path, { query: { refresh } })
  print(options, {
    data,
    name: ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
    text: (application) => applicationText(application, Date.now()),
  })
}

/** What people read of one application. */
export function applicationText(application: ApplicationView, now: number): string {
  const facts = factsOf(application, now).filter(([, value]) => value !== '')
  const width = Math.max(...facts.map(([name]) => name.length)) + 2
  const lines = facts.map(([name, value]) => `${`${name}:`.padEnd(width)} ${printable(value)}`)
  return [...lines, ...conditionLines(application, now), '', resourcesText(application)].join('\n')
}

type Fact = readonly [string, string]

function factsOf(application: ApplicationView, now: number): readonly Fact[] {
  const { metadata, spec, status = {} } = application
  const { destination = {} } = spec
  const source = firstSource(application)
  const hold = status.driftless?.hold
  const state = status.operationState
  const failure = status.driftless?.failure
  return [
    ['Name', `${metadata.namespace}/${metadata.name}`],
    ['Project', spec.project || 'default'],
    ['Server', destination.server ?? destination.name ?? ''],
    ['Namespace', destination.namespace ?? ''],
    ['Repo', source.repoURL ?? ''],
    ['Target', source.targetRevision ?? 'HEAD'],
    ['Path', source.chart ?? source.path ?? '.'],
    ['Sync Policy', policyText(application)],
    ['On Hold', hold === undefined ? '' : holdText(hold)],
    ['Sync Status', `${status.sync?.status ?? 'Unknown'} ${revisionText(application)}`.trimEnd()],
    [
      'Health Status',
      [status.health?.status ?? 'Unknown', status.health?.message].join(' ').trim(),
    ],
    ['Operation', state === undefined ? '' : `${state.phase}: ${state.message}`],
    [
      'Cause',
      failure === undefined ? '' : [failure.cause, failure.object].filter(Boolean).join(', '),
    ],
    ['What To Do', failure?.next ?? ''],
    ['Started', state === undefined ? '' : `${age(state.startedAt, now)} ago`],
    ['Asked For', application.operation === undefined ? '' : 'an operation that has not ended'],
  ]
}

function holdText({ revision, by, at, because }: Hold): string {
  const why = because === undefined ? '' : `: ${because}`
  return `at ${shortRevision(revision)} by ${by} since ${at}${why}`
}

function revisionText({ status }: ApplicationView): string {
  const revision = status?.sync?.revision
  return revision === undefined ? '' : `(${shortRevision(revision)})`
}

function conditionLines({ status }: ApplicationView, now: number): readonly string[] {
  const conditions = status?.conditions ?? []
  if (conditions.length === 0) return []
  const rows = conditions.map(({ type, message, lastTransitionTime }) => [
    ...[type, message, age(lastTransitionTime, now)],
  ])
  return ['', table(['CONDITION', 'MESSAGE', 'AGE'], rows)]
}

/** The managed objects as a table. */
export function resourcesText({ status }: ApplicationView): string {
  const rows = (status?.resources ?? []).map((resource) => [
    ...[resource.group, resource.kind, resource.namespace, resource.name],
    resource.requiresPruning === true ? `${resource.status} (to be pruned)` : resource.status,
    resource.health?.status,
    resource.health?.message,
  ])
  const columns = ['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH', 'MESSAGE']
  return rows.length === 0 ? 'No resources are known yet.' : table(columns, rows)
}
