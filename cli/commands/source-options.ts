import type { Command } from 'commander'
import { CommandEnd } from '../exit.ts'
import { each, trueOrFalse, wholeNumber } from './arguments.ts'

/** Options that say what an application is; `app create` and `app set` share them (CLI-05). */
export type SourceOptions = {
  readonly repo?: string
  readonly path?: string
  readonly revision?: string
  readonly directoryRecurse?: boolean
  readonly destServer?: string
  readonly destName?: string
  readonly destNamespace?: string
  readonly project?: string
  readonly syncPolicy?: string
  readonly autoPrune?: boolean
  readonly selfHeal?: boolean
  readonly allowEmpty?: boolean
  readonly syncOption?: readonly string[]
  readonly revisionHistoryLimit?: number
}

export function withSource(command: Command): Command {
  return command
    .option('--repo <url>', 'repository')
    .option('--path <path>', 'folder in the repository')
    .option('--revision <revision>', 'branch, tag or commit to track')
    .option('--directory-recurse [choice]', 'read folders below as well', trueOrFalse)
    .option('--dest-server <url>', 'cluster, by address')
    .option('--dest-name <name>', 'cluster, by name')
    .option('--dest-namespace <namespace>', 'namespace for objects that name none')
    .option('--project <project>', 'project')
    .option('--sync-policy <policy>', 'automated (auto) or manual (none)')
    .option('--auto-prune [choice]', 'delete what is no longer declared', trueOrFalse)
    .option('--self-heal [choice]', 'undo changes that others make in the cluster', trueOrFalse)
    .option('--allow-empty [choice]', 'permit a sync that deletes everything', trueOrFalse)
    .option('--sync-option <option>', 'such as CreateNamespace=true; repeatable', each)
    .option('--revision-history-limit <number>', 'deployments to remember', wholeNumber)
}

/** The merge patch of a spec that the options ask for; options that are not given leave it alone. */
export function specPatch(options: SourceOptions): Record<string, unknown> {
  const destination = given({
    server: options.destServer ?? (options.destName === undefined ? undefined : null),
    name: options.destName ?? (options.destServer === undefined ? undefined : null),
    namespace: options.destNamespace,
  })
  const source = given({
    ...{ repoURL: options.repo, path: options.path, targetRevision: options.revision },
    directory:
      options.directoryRecurse === undefined ? undefined : { recurse: options.directoryRecurse },
  })
  return given({
    project: options.project,
    source: unlessEmpty(source),
    destination: unlessEmpty(destination),
    syncPolicy: unlessEmpty(policyPatch(options)),
    revisionHistoryLimit: options.revisionHistoryLimit,
  })
}

function policyPatch(options: SourceOptions): Record<string, unknown> {
  return given({ automated: automatedPatch(options), syncOptions: options.syncOption })
}

function automatedPatch(options: SourceOptions): unknown {
  const { syncPolicy, autoPrune: prune, selfHeal, allowEmpty } = options
  const details = given({ prune, selfHeal, allowEmpty })
  if (syncPolicy === undefined) return unlessEmpty(details)
  if (['automated', 'auto'].includes(syncPolicy)) return { ...details, enabled: null }
  if (['manual', 'none'].includes(syncPolicy)) return null
  throw new CommandEnd(`--sync-policy ${syncPolicy}: give automated or manual`)
}

function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function unlessEmpty(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  return Object.keys(fields).length === 0 ? undefined : fields
}

/** The same without the removals that a patch names: what a new application declares. */
export function withoutNulls(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const fields = Object.entries(value).filter(([, field]) => field !== null)
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutNulls(field)]))
}
