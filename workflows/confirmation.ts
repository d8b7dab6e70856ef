import { condition, setCurrentDetails } from '@temporalio/workflow'
import { approvalAnnotation } from '../core/flow/approval.ts'
import type { RenderedManifests, SyncStep } from '../core/flow.ts'
import { type ResourceKey, showKey } from '../core/manifest/key.ts'
import { behavesAs } from './behaviour.ts'
import { isOver, operationDeadline, patienceUntil, timedOut } from './deadline.ts'
import { persist } from './failure.ts'
import { type End, type Operation, type Progress, reportProgress } from './operation.ts'
import { quick } from './steps.ts'

// the Application watch tells of a confirmation; this is only a net under it
const lookAgainMs = 600_000
const shownKeys = 5

/**
 * OPT-02: a wave with prunes that are to be confirmed waits as a whole until a person did so since
 * the operation was first tried. Undefined when it may begin.
 */
export async function waitForConfirmation(
  operation: Operation,
  rendered: RenderedManifests,
  { changes }: SyncStep,
  progress: Progress,
): Promise<End | 'superseded' | undefined> {
  const { inbox, decision, input, isOvertaken } = operation
  const keys = changes.filter(({ confirm }) => confirm === true).map(({ key }) => key)
  if (keys.length === 0 || !behavesAs(decision, 5)) return undefined
  const asked = { application: input.application, since: progress.begunAt }
  const message = `waiting for pruning confirmation of ${showUnconfirmed(keys, operation)}`
  const deadline = operationDeadline(operation, progress.begunAt)
  for (let looks = 1; ; looks++) {
    inbox.clearConfirmation()
    const received = inbox.received()
    if (await persist(() => quick.confirmed(asked))) return undefined
    if (isOvertaken()) return 'superseded'
    if (isOver(deadline)) return timedOut(deadline, message)
    if (looks === 1) {
      setCurrentDetails(message)
      await reportProgress(operation, rendered, progress, message)
    }
    const patience = patienceUntil(deadline, lookAgainMs)
    // what confirms may come together with something else, and is then called by that
    await condition(() => inbox.received() > received, patience)
  }
}

/** The objects that wait for a person, and what he can do. */
export function showUnconfirmed(
  keys: readonly ResourceKey[],
  { input: { application } }: Operation,
): string {
  const more = keys.length > shownKeys ? ` and ${keys.length - shownKeys} more` : ''
  const shown = keys.slice(0, shownKeys).map(showKey).join(', ')
  return `${shown}${more}; confirm with \`driftless app confirm-deletion ${application.name}\`, or set the annotation ${approvalAnnotation} to the present time`
}
