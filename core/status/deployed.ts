import type { OperationFacts, StatusReport } from '../flow.ts'
import type { AutomaticRollback, Deployed } from './rollback-state.ts'
import type { ApplicationStatus } from './status.ts'

/**
 * The last deployment after a report. Heals, trials, parts and a sync of what is deployed already
 * bring nothing new; nobody watches over an operation that a person or newer work ended.
 */
export function deployedAfter(
  { driftless }: ApplicationStatus,
  { operation, rendered, ends }: StatusReport,
): Deployed | undefined {
  const known = driftless?.deployed
  if (ends !== undefined) return undefined
  if (operation === undefined || rendered === undefined || !bringsAll(operation)) return known
  const { phase, finishedAt } = operation
  if (phase === 'Running' || finishedAt === undefined) return known
  const again = known?.inputs === rendered.inputs ? known : undefined
  if (again?.phase === 'Succeeded') return known
  const {
    revision,
    revisions,
    message,
    startedAt,
    begunAt = startedAt,
    request,
    repeats,
  } = operation
  const touched = again?.touched === true || operation.results.some(isTouched)
  return {
    ...{ revision, inputs: rendered.inputs, phase, message },
    ...(revisions !== undefined && { revisions }),
    ...{ startedAt, begunAt, endedAt: finishedAt },
    ...(repeats === true && { repeats }),
    ...(touched && { touched }),
    ...(request?.rollbackTo !== undefined && { rollback: true as const }),
  }
}

/** The automatic rollbacks, with what became of the last one in Git. */
export function withReverted(
  rollbacks: readonly AutomaticRollback[] | undefined,
  { reverted }: StatusReport,
): readonly AutomaticRollback[] | undefined {
  const last = rollbacks?.at(-1)
  if (last === undefined || reverted === undefined) return rollbacks
  return [...(rollbacks ?? []).slice(0, -1), { ...last, reverted }]
}

function bringsAll({ heal, request }: OperationFacts): boolean {
  return !heal && request?.dryRun !== true && request?.resources === undefined
}

function isTouched({ status, hook }: OperationFacts['results'][number]): boolean {
  return hook !== undefined || status === 'Synced' || status === 'Pruned'
}
