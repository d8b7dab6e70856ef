import { type Application, historyLimit } from '../application.ts'
import type { StatusReport } from '../flow.ts'
import { rfc3339 } from '../time.ts'
import { deployedSources } from './operation-state.ts'
import type { HistoryEntry } from './status.ts'

/**
 * One entry per successful deployment, the newest last (HIST-01, APP-11). A self-heal deploys no
 * other revision: it is counted on the entry of the deployment that it restores.
 */
export function historyAfter(
  application: Application,
  history: readonly HistoryEntry[],
  { operation, at }: StatusReport,
): readonly HistoryEntry[] {
  if (operation?.phase !== 'Succeeded') return history
  const { request } = operation
  // neither a trial nor a part is a deployment that one could go back to (SYNC-17, SYNC-21)
  if (request?.dryRun === true || request?.resources !== undefined) return history
  const last = history.at(-1)
  if (operation.heal && last !== undefined && isSameDeployment(last, operation)) {
    return [...history.slice(0, -1), { ...last, heals: (last.heals ?? 0) + 1 }]
  }
  const entry: HistoryEntry = {
    id: (last?.id ?? -1) + 1,
    revision: operation.revision,
    ...(operation.revisions !== undefined && { revisions: operation.revisions }),
    deployedAt: rfc3339(operation.finishedAt ?? at),
    deployStartedAt: rfc3339(operation.startedAt),
    ...deployedSources(application, operation),
    initiatedBy: request === undefined ? { automated: true } : { username: request.initiator },
  }
  const limit = historyLimit(application)
  return limit === 0 ? [] : [...history, entry].slice(-limit)
}

type Revisions = Pick<HistoryEntry, 'revision' | 'revisions'>

function isSameDeployment(a: Revisions, b: Revisions): boolean {
  const [before, now] = [a.revisions ?? [a.revision], b.revisions ?? [b.revision]]
  return before.length === now.length && before.every((commit, index) => commit === now[index])
}
