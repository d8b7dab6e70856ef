import type { StoredApplication } from '../clients/applications.ts'
import { isAutomated } from '../core/application.ts'
import { InvalidSpecError } from '../core/errors.ts'
import { rollbackTo } from '../core/policy/rollback.ts'
import { goneText } from '../core/status/gone.ts'
import { type HistoryEntry, statusOf } from '../core/status/status.ts'
import { PreconditionError } from './refusal.ts'

/** The request slot of an Application, in Argo CD's shape: whoever sets it asks for an operation (APP-01). */
export type Operation = Readonly<Record<string, unknown>>

export type SyncRequest = {
  readonly revision?: string | undefined
  readonly dryRun?: boolean | undefined
  readonly prune?: boolean | undefined
  readonly strategy?: object | undefined
  readonly resources?: readonly object[] | null | undefined
  readonly infos?: readonly object[] | null | undefined
  readonly retryStrategy?: object | undefined
  readonly syncOptions?: { readonly items?: readonly string[] | undefined } | undefined
}

/** What a sync asks for (SYNC-17 to SYNC-23, API-06); PreconditionError when it cannot be asked now. */
export function syncOperation(
  stored: StoredApplication,
  request: SyncRequest,
  username: string,
): Operation {
  refuseWhileBusy(stored)
  const { spec } = stored.application
  refuseOtherRevision(stored, request)
  const options = [...(spec.syncPolicy?.syncOptions ?? []), ...(request.syncOptions?.items ?? [])]
  const retry = request.retryStrategy ?? spec.syncPolicy?.retry
  return {
    sync: {
      revision: request.revision || spec.source?.targetRevision || '',
      ...flagsOf(request),
      ...(request.strategy !== undefined && { syncStrategy: request.strategy }),
      ...(request.resources?.length && { resources: request.resources }),
      ...(options.length > 0 && { syncOptions: options }),
    },
    initiatedBy: { username },
    ...(request.infos?.length && { info: request.infos }),
    ...(retry !== undefined && { retry }),
  }
}

export type RollbackRequest = {
  readonly id: number
  readonly dryRun?: boolean | undefined
  readonly prune?: boolean | undefined
}

/**
 * What going back to a deployment of the history asks for (HIST-02, API-07). Unlike Argo CD it is
 * allowed while auto-sync is on: the engine then sets a hold.
 */
export function rollbackOperation(
  stored: StoredApplication,
  request: RollbackRequest,
  username: string,
): Operation {
  refuseWhileBusy(stored)
  const { prune, dryRun } = request
  return rollbackTo({ entry: deploymentOf(stored, request.id), initiator: username, prune, dryRun })
}

function deploymentOf({ application, object, ref }: StoredApplication, id: number): HistoryEntry {
  const { history = [] } = statusOf(object)
  const entry = history.find((candidate) => candidate.id === id)
  if (entry !== undefined) return entry
  const known = history.map((candidate) => candidate.id).join(', ') || 'none'
  const gone = goneText(history, application)
  throw new InvalidSpecError(
    `application ${ref.name} does not have deployment with id ${id}; the ids of its history: ${known}${gone === undefined ? '' : `; ${gone}`}`,
  )
}

function flagsOf({ dryRun, prune }: { readonly dryRun?: unknown; readonly prune?: unknown }) {
  return { ...(prune === true && { prune }), ...(dryRun === true && { dryRun }) }
}

/** A running automated operation gives way to a person; everything else has to end first. */
function refuseWhileBusy({ object, ref }: StoredApplication): void {
  if (object.metadata.deletionTimestamp !== undefined) {
    throw new PreconditionError(`application ${ref.name} is deleting; wait until it is gone`)
  }
  const running = runningOperation({ object })
  if (running !== undefined && running !== 'automated') {
    throw new PreconditionError(
      'another operation is already in progress; wait for it, or terminate it first',
    )
  }
}

/** Whether something is asked for or running, and whether nobody asked for it. */
export function runningOperation({
  object,
}: Pick<StoredApplication, 'object'>): 'requested' | 'automated' | undefined {
  if (object.operation !== undefined && object.operation !== null) return 'requested'
  const { operationState: state } = statusOf(object)
  if (state?.phase !== 'Running' && state?.phase !== 'Terminating') return undefined
  const { initiatedBy } = state.operation as { initiatedBy?: { automated?: boolean } }
  return initiatedBy?.automated === true ? 'automated' : 'requested'
}

/** As Argo CD does: while auto-sync is on it would undo a sync to another revision at once. */
function refuseOtherRevision(
  { application }: StoredApplication,
  { revision, dryRun }: SyncRequest,
): void {
  const target = application.spec.source?.targetRevision || 'HEAD'
  if (!revision || revision === target || dryRun === true || !isAutomated(application)) return
  throw new PreconditionError(
    `Cannot sync to ${revision}: auto-sync currently set to ${target}; change targetRevision, or use rollback, which holds auto-sync`,
  )
}
