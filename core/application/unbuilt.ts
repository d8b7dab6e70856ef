import type { Application, ApplicationSource, ApplicationSpec } from './schema.ts'

/** Options that are acted on, change nothing here, or are the way we always work: server-side apply, of what differs. */
const meantAnyway = new Set([
  'CreateNamespace=true',
  'CreateNamespace=false',
  'ServerSideApply=true',
  'ApplyOutOfSyncOnly=true',
  'ApplyOutOfSyncOnly=false',
  'Validate=true',
  'Validate=false',
  'PrunePropagationPolicy=foreground',
  'PrunePropagationPolicy=background',
  'PrunePropagationPolicy=orphan',
  'Replace=true',
  'Replace=false',
  'Force=true',
  'Force=false',
  'PruneLast=true',
  'PruneLast=false',
  'Prune=true',
  'Prune=false',
  'Prune=confirm',
  'Delete=true',
  'Delete=false',
  'Delete=confirm',
  'FailOnSharedResource=true',
  'FailOnSharedResource=false',
  'RespectIgnoreDifferences=true',
  'RespectIgnoreDifferences=false',
  'SkipDryRunOnMissingResource=true',
  'SkipDryRunOnMissingResource=false',
  'ClientSideApplyMigration=true',
  'ClientSideApplyMigration=false',
])
const knownOptions = new Set([...meantAnyway].map((option) => option.split('=')[0]))

/** The fields of the Application that this version reads but does not act on, by path. */
export function unbuiltFields({ spec }: Application): readonly string[] {
  return [...sourceFields(spec), ...policyFields(spec)]
}

function sourceFields({ source, sources, sourceHydrator }: ApplicationSpec): readonly string[] {
  if (sourceHydrator !== undefined) return ['spec.sourceHydrator']
  if (sources !== undefined && sources.length > 0) {
    return sources.flatMap((one, index) => oneSource(one, `spec.sources[${index}]`))
  }
  return source === undefined ? [] : oneSource(source, 'spec.source')
}

function oneSource(source: ApplicationSource, at: string): readonly string[] {
  const isArtifact = source.repoURL?.startsWith('oci://') === true
  const isBelow = isSet(source.path) && source.path !== '.'
  return isArtifact && isBelow ? [`${at}.path of an oci:// address`] : []
}

function policyFields({ syncPolicy }: ApplicationSpec): readonly string[] {
  const options = (syncPolicy?.syncOptions ?? []).filter(
    (option) => knownOptions.has(option.split('=')[0]) && !meantAnyway.has(option),
  )
  return [...options.map((option) => `spec.syncPolicy.syncOptions (${option})`)]
}

/** Empty texts, lists and blocks ask for nothing. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false
  if (Array.isArray(value)) return value.length > 0
  return typeof value !== 'object' || Object.values(value).some((field) => field !== undefined)
}
