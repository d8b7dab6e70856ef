import type { ApplicationStatus } from '../../core/status/status.ts'

/** An Application as the API gives it; fields that are not there are not known. */
export type ApplicationView = {
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid?: string
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly project?: string
    readonly revisionHistoryLimit?: number
    readonly source?: SourceView
    readonly sources?: readonly SourceView[]
    readonly destination?: {
      readonly server?: string
      readonly name?: string
      readonly namespace?: string
    }
    readonly syncPolicy?: {
      readonly automated?: {
        readonly enabled?: boolean
        readonly prune?: boolean
        readonly selfHeal?: boolean
      }
    }
    readonly [field: string]: unknown
  }
  readonly operation?: object
  readonly status?: ApplicationStatus
}
export type SourceView = {
  readonly name?: string
  readonly repoURL?: string
  readonly path?: string
  readonly chart?: string
  readonly targetRevision?: string
  readonly [field: string]: unknown
}

/** The source that is shown where there is place for one. */
export function firstSource({ spec }: ApplicationView): SourceView {
  return spec.sources?.[0] ?? spec.source ?? {}
}

/** `Auto-Prune`, `Auto` or `Manual`, and `on hold` after a rollback. */
export function policyText({ spec, status }: ApplicationView): string {
  const { automated } = spec.syncPolicy ?? {}
  if (automated === undefined || automated.enabled === false) return 'Manual'
  const text = automated.prune === true ? 'Auto-Prune' : 'Auto'
  return status?.driftless?.hold === undefined ? text : `${text} (on hold)`
}

/** Types of the conditions, each once. */
export function conditionsText({ status }: ApplicationView): string {
  const types = new Set((status?.conditions ?? []).map(({ type }) => type))
  return types.size === 0 ? '<none>' : [...types].join(',')
}

const badPhases = new Set(['Failed', 'Error'])

/** Whether somebody has to look: the last operation or comparison failed, or the application is Degraded. */
export function isFailed({ status }: ApplicationView): boolean {
  return (
    badPhases.has(status?.operationState?.phase ?? '') ||
    status?.health?.status === 'Degraded' ||
    (status?.conditions ?? []).some(({ type }) => type.endsWith('Error'))
  )
}
