import { type Application, sourceOf } from '../application.ts'
import type { ResourceResult, StatusReport } from '../flow.ts'
import { partsOf } from '../manifest/key.ts'
import type { JsonObject } from '../manifest/manifest.ts'
import { rfc3339 } from '../time.ts'
import type { OperationState } from './status.ts'

/** The operation of a report in Argo CD's shape (SYNC-28 to SYNC-30); the previous one when it speaks of none. */
export function operationStateOf(
  application: Application,
  { operation }: StatusReport,
  previous: OperationState | undefined,
): OperationState | undefined {
  if (operation === undefined) return previous
  return {
    operation: {
      sync: { revision: operation.revision },
      initiatedBy: { automated: true },
      info: [{ name: 'Reason', value: operation.trigger }],
    },
    phase: operation.phase,
    message: operation.message,
    startedAt: rfc3339(operation.startedAt),
    ...(operation.finishedAt !== undefined && { finishedAt: rfc3339(operation.finishedAt) }),
    ...(operation.retryCount > 0 && { retryCount: operation.retryCount }),
    syncResult: {
      revision: operation.revision,
      source: sourceJson(application),
      resources: operation.results
        .filter(({ status }) => status !== 'NotReached')
        .map(resourceResult),
    },
  }
}

export function sourceJson(application: Application): JsonObject {
  return (sourceOf(application) ?? {}) as unknown as JsonObject
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

function resourceResult({ key, status, message }: ResourceResult): JsonObject {
  return {
    ...partsOf(key),
    status: statusOf[status],
    message: message ?? messageOf[status] ?? '',
    hookPhase: status === 'SyncFailed' ? 'Failed' : 'Running',
    syncPhase: 'Sync',
  }
}
