import { type Application, isAutomated } from '../application.ts'
import type { OperationFacts, StatusReport } from '../flow.ts'
import { rfc3339 } from '../time.ts'
import type { ApplicationStatus, Hold } from './status.ts'

/**
 * The hold after a report (design §8): going to a revision of one's own choice sets it, as long as
 * automated sync is on; whoever then syncs what Git shows, by hand or because it is newer, ends it,
 * and so does Git when it shows something else that is live already.
 */
export function holdAfter(
  application: Application,
  previous: ApplicationStatus,
  { operation, rendered, at }: StatusReport,
  sync?: string,
): Hold | undefined {
  const { hold, inputs } = previous.driftless ?? {}
  if (rendered === undefined) return hold
  if (operation === undefined) {
    return sync === 'Synced' && hold?.inputs !== rendered.inputs ? undefined : hold
  }
  if (!isChosen(operation)) return releases(operation) ? undefined : hold
  const tracked = hold?.inputs ?? inputs
  if (!isAutomated(application) || tracked === undefined || tracked === rendered.inputs) return hold
  const { request, revision } = operation
  const { rollbackTo: id = -1, initiator: by = '', because } = request ?? {}
  const why = because === undefined ? {} : { because }
  return { revision, id, by, at: hold?.at ?? rfc3339(at), ...why, inputs: tracked }
}

/** Whether it goes to a revision or sources that somebody named. */
function isChosen({ request }: OperationFacts): boolean {
  if (request === undefined || request.dryRun) return false
  return request.ownSource || request.revision !== undefined
}

function releases({ phase, heal, request }: OperationFacts): boolean {
  return phase === 'Succeeded' && !heal && !request?.dryRun && request?.resources === undefined
}
