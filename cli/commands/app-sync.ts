import type { Command } from 'commander'
import { isChosen, isPattern, type ResourceRule } from '../../core/policy/chosen-resources.ts'
import type { ApplicationView } from '../client/application-view.ts'
import { connect, type ServerOptions, withServer } from '../client/connect.ts'
import type { Remote } from '../client/remote.ts'
import { CommandEnd } from '../exit.ts'
import { each, pairs, resourceOf, wholeNumber } from './arguments.ts'
import { followOperation } from './operation-end.ts'

type Options = ServerOptions & {
  readonly selector?: string
  readonly revision?: string
  readonly prune?: boolean
  readonly dryRun?: boolean
  readonly force?: boolean
  readonly replace?: boolean
  readonly applyOutOfSyncOnly?: boolean
  readonly strategy?: 'apply' | 'hook'
  readonly resource?: readonly string[]
  readonly syncOption?: readonly string[]
  readonly info?: Readonly<Record<string, string>>
  readonly retryLimit?: number
  readonly async?: boolean
  readonly timeout: number
}

/** `app sync` (CLI-03). */
export function addAppSync(app: Command): void {
  withServer(app.command('sync [names...]').description('sync applications and wait for the end'))
    .option('-l, --selector <selector>', 'all applications with these labels')
    .option('--revision <revision>', 'sync to this revision instead of the tracked one')
    .option('--prune', 'delete what is no longer declared')
    .option('--dry-run', 'only say what would be done')
    .option('--force', 'delete and create again what cannot be changed')
    .option('--replace', 'replace objects instead of applying them')
    .option('--apply-out-of-sync-only', 'leave alone what is in sync')
    .option('--strategy <strategy>', 'apply (without hooks) or hook')
    .option(
      '--resource <resource>',
      'only this: GROUP:KIND:NAMESPACE/NAME, with * for any; !… leaves out; repeatable',
      each,
    )
    .option('--sync-option <option>', 'such as PruneLast=true; repeatable', each)
    .option('--info <pair>', 'name=value to keep with the operation; repeatable', pairs)
    .option('--retry-limit <number>', 'how often a failed sync is tried again', wholeNumber)
    .option('--async', 'do not wait for the end')
    .option('--timeout <seconds>', 'how long to wait; 0 is for ever', wholeNumber, 0)
    .action(sync)
}

async function sync(names: readonly string[], options: Options): Promise<void> {
  const remote = await connect(options)
  const chosen = await namesOf(remote, names, options.selector)
  for (const name of chosen) {
    const resources = await resourcesOf(remote, name, options.resource ?? [])
    await remote.call('POST', `${pathOf(name)}/sync`, { body: requestOf(options, resources) })
  }
  if (options.async === true) return console.log(`asked for: ${chosen.join(', ')}`)
  for (const name of chosen) await followOperation(remote, name, options.timeout)
}

const pathOf = (name: string) => `/api/v1/applications/${encodeURIComponent(name)}`

/** The resources that are asked for by name; what stars and exclusions mean is looked up. */
async function resourcesOf(
  remote: Remote,
  name: string,
  given: readonly string[],
): Promise<readonly Resource[]> {
  const rules = given.map(resourceOf)
  if (!rules.some(isPattern)) return rules.map(({ exclude: _, ...resource }) => resource)
  const { status } = await remote.call<ApplicationView>('GET', pathOf(name))
  const found = (status?.resources ?? []).map(({ group = '', kind, namespace, name: of }) => ({
    ...{ group, kind, name: of, ...(namespace && { namespace }) },
  }))
  const chosen = found.filter((resource) => isChosen(rules, resource))
  if (chosen.length > 0) return chosen
  throw new CommandEnd(`--resource ${given.join(' ')} chooses none of the resources of ${name}`)
}

type Resource = Omit<ResourceRule, 'exclude'>

function requestOf(options: Options, resources: readonly Resource[]): object {
  const { revision, prune, dryRun, force = false, strategy, retryLimit } = options
  const items = [
    ...(options.syncOption ?? []),
    ...(options.replace === true ? ['Replace=true'] : []),
    ...(options.applyOutOfSyncOnly === true ? ['ApplyOutOfSyncOnly=true'] : []),
  ]
  const infos = Object.entries(options.info ?? {}).map(([name, value]) => ({ name, value }))
  const chosen = strategy ?? (force ? 'hook' : undefined)
  return {
    ...{ revision, prune, dryRun },
    ...(chosen !== undefined && { strategy: { [chosen]: { force } } }),
    ...(resources.length > 0 && { resources }),
    ...(items.length > 0 && { syncOptions: { items } }),
    ...(infos.length > 0 && { infos }),
    ...(retryLimit !== undefined && { retryStrategy: { limit: retryLimit } }),
  }
}

/** The named applications, and those that the selector chooses. */
export async function namesOf(
  remote: Remote,
  names: readonly string[],
  selector: string | undefined,
): Promise<readonly string[]> {
  if (selector === undefined && names.length > 0) return names
  if (selector === undefined) throw new CommandEnd('name an application, or choose with --selector')
  const { items } = await remote.call<{ items: readonly ApplicationView[] }>(
    ...(['GET', '/api/v1/applications', { query: { selector } }] as const),
  )
  return [...new Set([...names, ...items.map(({ metadata }) => metadata.name)])]
}
