import { type Application, historyLimit } from '../application.ts'
import type { OperationFacts, StatusReport } from '../flow.ts'
import type { HealthStatus } from '../health/health.ts'
import { historyRetentionMs, rollbackPolicyOf } from '../policy/rollback-policy.ts'
import { epochMs, rfc3339 } from '../time.ts'
import { deployedSources } from './operation-state.ts'
import type { Deployed } from './rollback-state.ts'
import type { HistoryEntry } from './status.ts'

/**
 * One entry per successful deployment, the newest last (HIST-01, APP-11). A self-heal deploys no
 * other revision: it is counted on the entry of the deployment that it restores.
 */
export function historyAfter(
  application: Application,
  history: readonly HistoryEntry[],
  { operation, rendered, at }: StatusReport,
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
    initiatedBy: initiatorOf(operation),
    ...(rendered !== undefined && { inputs: rendered.inputs }),
  }
  return [...history, entry]
}

/**
 * The history with how its newest deployment turned out: for the time of the rollback window it goes
 * with the health of the application, as long as nothing else was begun.
 */
export function withVerdict(
  application: Application,
  history: readonly HistoryEntry[],
  deployed: Deployed | undefined,
  { operation, at }: StatusReport,
  health: HealthStatus,
): readonly HistoryEntry[] {
  const last = history.at(-1)
  if (last === undefined || last.health === health || operation?.phase === 'Running') return history
  const isFresh = last.health === undefined && operation?.phase === 'Succeeded'
  const until = (epochMs(last.deployedAt) ?? 0) + rollbackPolicyOf(application).windowMs
  const isWatched =
    deployed?.inputs === last.inputs && deployed?.phase === 'Succeeded' && at <= until
  return isFresh || isWatched ? [...history.slice(0, -1), { ...last, health }] : history
}

/**
 * What is kept of it: as many entries as the Application wants, none older than it wants (APP-11).
 * Whatever their age the newest stays, from which the ids are counted on; in any case the newest good
 * one does, in place of a bad one, so that there is a way back.
 */
export function keptOf(
  application: Application,
  history: readonly HistoryEntry[],
  now: number,
): readonly HistoryEntry[] {
  const limit = historyLimit(application)
  if (limit === 0) return []
  const retentionMs = historyRetentionMs(application) ?? Number.POSITIVE_INFINITY
  const [last, good] = [history.at(-1), history.findLast(isGood)]
  const young = history.filter(
    (entry) =>
      entry === last || entry === good || now - (epochMs(entry.deployedAt) ?? now) <= retentionMs,
  )
  const kept = young.slice(-limit)
  if (good === undefined || limit === 1 || kept.includes(good)) return kept
  return [good, ...kept.slice(1)]
}

/** Whether one would go back to it: entries of before and of Argo CD say nothing of their health. */
export function isGood({ health = 'Healthy' }: HistoryEntry): boolean {
  return health === 'Healthy' || health === 'Suspended'
}

function initiatorOf({ request }: OperationFacts): HistoryEntry['initiatedBy'] {
  return request === undefined ? { automated: true } : { username: request.initiator }
}

type Revisions = Pick<HistoryEntry, 'revision' | 'revisions'>

function isSameDeployment(a: Revisions, b: Revisions): boolean {
  const [before, now] = [a.revisions ?? [a.revision], b.revisions ?? [b.revision]]
  return before.length === now.length && before.every((commit, index) => commit === now[index])
}
