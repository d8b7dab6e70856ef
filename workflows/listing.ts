import { upsertSearchAttributes } from '@temporalio/workflow'
import type { Decision, StatusReport } from '../core/flow.ts'
import { behavesAs } from './behaviour.ts'

type Attributes = Readonly<Record<string, readonly string[]>>

/**
 * Keeps the run's line in the list of runs: revision, phase and health with each report that says
 * something new. Temporal writes that line anew every time, so nothing is listed that is soon over.
 */
export function createListing(decision: Decision) {
  let listed = ''
  return (health: string, report: StatusReport): void => {
    const attributes = attributesOf(decision, health, report)
    const text = JSON.stringify(attributes)
    if (text === listed || text === '{}') return
    listed = text
    upsertSearchAttributes(attributes as Record<string, string[]>)
  }
}

function attributesOf(decision: Decision, health: string, report: StatusReport): Attributes {
  const { rendered, operation, final } = report
  const { request } = decision
  const lists = behavesAs(decision, 3)
  if (!final && !lists) return {}
  return {
    ...(final && { Health: [health] }),
    ...(operation !== undefined && { SyncPhase: [operation.phase] }),
    ...(lists && rendered !== undefined && { Revision: [rendered.revision] }),
    ...(lists &&
      request !== undefined && { Initiator: [request.initiator], Trigger: ['operation'] }),
  }
}
