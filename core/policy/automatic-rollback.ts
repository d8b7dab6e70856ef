import type { Application } from '../application.ts'
import { digestOf } from '../digest.ts'
import type { StatusReport } from '../flow.ts'
import { shortRevision } from '../short-revision.ts'
import { isGood } from '../status/history.ts'
import type { AutomaticRollback, Deployed } from '../status/rollback-state.ts'
import type { ApplicationStatus, HistoryEntry } from '../status/status.ts'
import { epochMs, rfc3339 } from '../time.ts'
import { rollbackTo } from './rollback.ts'
import { type RollbackPolicy, rollbackPolicyOf } from './rollback-policy.ts'

/** Who asks for such a rollback. */
export const automaticInitiator = 'automatic-rollback'
const keptRollbacks = 10
const maxReasonLength = 500

type Input = {
  readonly application: Application
  /** The status as the report makes it. */
  readonly status: ApplicationStatus
  readonly report: StatusReport
}
type Begun = { readonly status: ApplicationStatus; readonly operation?: object }

/**
 * Goes back to the last good deployment when what was deployed failed, or became Degraded within the
 * window after it, where the Application wants that. The request and the memory of it are written
 * with the report that shows why, so that no death of a process is between them. Pure.
 */
export function rollBackBadDeployment(input: Input): Begun {
  const { application, status, report } = input
  const { driftless, history = [], operationState } = status
  const { deployed, rollbacks = [] } = driftless ?? {}
  if (driftless === undefined || deployed === undefined || !mayBegin(input)) return { status }
  if (deployed.rollback === true || rollbacks.some(({ inputs }) => inputs === deployed.inputs)) {
    return { status }
  }
  const why = whyBad(rollbackPolicyOf(application), deployed, status, report.at)
  const entry = history.findLast((one) => isGood(one) && one.inputs !== deployed.inputs)
  if (why === undefined || entry === undefined) return { status }
  const { revision, revisions, inputs } = deployed
  const reason = reasonOf(entry, why)
  const begun: AutomaticRollback = {
    ...{ revision, inputs, to: entry.id, at: rfc3339(report.at), reason },
    ...(revisions !== undefined && { revisions }),
  }
  const asked = operationState?.operation.sync as { readonly prune?: boolean } | undefined
  return {
    status: {
      ...status,
      driftless: { ...driftless, rollbacks: [...rollbacks, begun].slice(-keptRollbacks) },
    },
    operation: rollbackTo({
      ...{ entry, initiator: automaticInitiator, because: reason },
      prune: application.spec.syncPolicy?.automated?.prune === true || asked?.prune === true,
    }),
  }
}

/** Nothing runs, nobody asked for something else, and all that is to be said is said. */
function mayBegin({ application, status, report }: Input): boolean {
  const { phase } = status.operationState ?? {}
  const { operation, metadata } = application
  const isAnswered = operation && digestOf(operation) === report.answers?.digest
  return (
    report.final &&
    metadata.deletionTimestamp === undefined &&
    phase !== 'Running' &&
    phase !== 'Terminating' &&
    (operation === undefined || isAnswered === true)
  )
}

function whyBad(
  { on, windowMs }: RollbackPolicy,
  deployed: Deployed,
  { health }: ApplicationStatus,
  now: number,
): string | undefined {
  const { phase, begunAt, startedAt, endedAt, message, repeats } = deployed
  const name = shortRevision(deployed.revision)
  const isOver = repeats !== true || now - begunAt >= windowMs
  const isNew = now <= endedAt + windowMs
  if (on.includes('failed') && phase !== 'Succeeded' && deployed.touched && isOver && isNew) {
    return `${name} failed: ${message}`
  }
  const since = epochMs(health?.lastTransitionTime)
  if (!on.includes('degraded') || health?.status !== 'Degraded' || since === undefined) return
  // times in a status are whole seconds
  if (since + 1_000 <= startedAt || since > endedAt + windowMs) return undefined
  return `the application became Degraded with ${name}: ${health.message ?? message}`
}

function reasonOf({ id, revision }: HistoryEntry, why: string): string {
  const text = `back to deployment ${id} (${shortRevision(revision)}), because ${why}`
  return text.slice(0, maxReasonLength)
}
