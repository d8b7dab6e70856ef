import { type Application, hasSources, sourceOf } from '../application.ts'
import { digestOf } from '../digest.ts'
import type { EarlyEnd, OperationFacts, ResourceResult, StatusReport } from '../flow.ts'
import { partsOf } from '../manifest/key.ts'
import type { JsonObject } from '../manifest/manifest.ts'
import { asRequested } from '../policy/request.ts'
import { rfc3339 } from '../time.ts'
import type { OperationState } from './status.ts'

/** The operation of a report in Argo CD's shape (SYNC-28 to SYNC-30); the previous one when it speaks of none. */
export function operationStateOf(
  application: Application,
  { operation, ends, at }: StatusReport,
  previous: OperationState | undefined,
): OperationState | undefined {
  if (ends !== undefined && previous !== undefined) return endedEarly(previous, ends, at)
  if (operation === undefined) return previous
  const begun = rfc3339(operation.startedAt)
  // only the end of an operation answers the wish to end it
  const terminating = previous?.phase === 'Terminating' && previous.startedAt === begun
  return {
    operation: operationJson(application, operation),
    phase: terminating && operation.phase === 'Running' ? 'Terminating' : operation.phase,
    message: operation.message,
    startedAt: begun,
    ...(operation.finishedAt !== undefined && { finishedAt: rfc3339(operation.finishedAt) }),
    ...(operation.retryCount > 0 && { retryCount: operation.retryCount }),
    syncResult: {
      ...revisionsOf(operation),
      ...deployedSources(application, operation),
      resources: operation.results
        .filter(({ status }) => status !== 'NotReached')
        .map(resourceResult),
    },
  }
}

/** An operation that is over already stays as it ended. */
function endedEarly(previous: OperationState, { message }: EarlyEnd, at: number): OperationState {
  if (previous.phase !== 'Running' && previous.phase !== 'Terminating') return previous
  return { ...previous, phase: 'Failed', message, finishedAt: rfc3339(at) }
}

function revisionsOf({ revision, revisions }: OperationFacts) {
  return { revision, ...(revisions !== undefined && { revisions }) }
}

function operationJson({ operation }: Application, facts: OperationFacts) {
  const { request, trigger } = facts
  if (request === undefined) {
    return {
      sync: revisionsOf(facts),
      initiatedBy: { automated: true },
      info: [{ name: 'Reason', value: trigger }],
    }
  }
  const asked = digestOf(operation ?? null) === request.digest ? operation : undefined
  return {
    ...(asked as JsonObject | undefined),
    sync: { ...(asked?.sync as JsonObject | undefined), ...revisionsOf(facts) },
    initiatedBy: { username: request.initiator },
  }
}

/** What the operation deployed from: the source of the request when it brought one. */
export function deployedSources(
  application: Application,
  { request }: OperationFacts,
): SourcesJson {
  const asked = digestOf(application.operation ?? null) === request?.digest
  return sourcesJson(asked ? asRequested(application, request) : application)
}

type SourcesJson = { readonly source: JsonObject } | { readonly sources: readonly JsonObject[] }

/** The source as the Application declares it, alone or as a list (APP-06). */
export function sourcesJson(application: Application): SourcesJson {
  if (hasSources(application)) {
    return { sources: application.spec.sources as unknown as readonly JsonObject[] }
  }
  return { source: (sourceOf(application) ?? {}) as unknown as JsonObject }
}

const statusOf: Record<ResourceResult['status'], string> = {
  Synced: 'Synced',
  Unchanged: 'Synced',
  Pruned: 'Pruned',
  PruneSkipped: 'PruneSkipped',
  SyncFailed: 'SyncFailed',
  NotReached: 'SyncFailed',
}
const messageOf: Partial<Record<ResourceResult['status'], string>> = {
  Synced: 'configured',
  Unchanged: 'unchanged',
  Pruned: 'pruned',
}

function resourceResult({ key, status, message, hook }: ResourceResult): JsonObject {
  return {
    ...partsOf(key),
    status: statusOf[status],
    message: message ?? messageOf[status] ?? '',
    ...(hook !== undefined && { hookType: hook.type }),
    hookPhase: hook?.phase ?? (status === 'SyncFailed' ? 'Failed' : 'Running'),
    syncPhase: hook?.type ?? 'Sync',
  }
}
