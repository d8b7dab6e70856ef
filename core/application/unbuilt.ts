import type { Application, ApplicationSpec } from './schema.ts'

/** Options that are acted on, change nothing here, or are the way we always work: what differs is applied. */
const meantAnyway = new Set([
  'CreateNamespace=true',
  'CreateNamespace=false',
  'ServerSideApply=true',
  'ServerSideApply=false',
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
  return [
    ...(spec.sourceHydrator === undefined ? [] : ['spec.sourceHydrator']),
    ...policyFields(spec),
  ]
}

function policyFields({ syncPolicy }: ApplicationSpec): readonly string[] {
  const options = (syncPolicy?.syncOptions ?? []).filter(
    (option) => knownOptions.has(option.split('=')[0]) && !meantAnyway.has(option),
  )
  return options.map((option) => `spec.syncPolicy.syncOptions (${option})`)
}
