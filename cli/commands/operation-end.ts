import type { ApplicationView } from '../client/application-view.ts'
import type { Remote } from '../client/remote.ts'
import { waitForApplication } from '../client/watch.ts'
import { CommandEnd, exitCodes } from '../exit.ts'
import { createProgress } from '../output/progress.ts'
import { table } from '../output/table.ts'

/** Waits for the end of the operation that was asked for, prints its outcome, and fails when it failed. */
export async function followOperation(
  remote: Remote,
  name: string,
  timeoutSeconds: number,
): Promise<void> {
  const progress = createProgress(name)
  const ended = await waitForApplication(remote, name, {
    reached: (application) => application === undefined || isOver(application),
    show: progress.show,
    ...{ what: 'done with the operation', timeoutSeconds },
  }).finally(progress.end)
  if (ended === undefined) throw new CommandEnd(`${name} was deleted meanwhile`)
  const state = ended.status?.operationState
  if (state === undefined) throw new CommandEnd(`${name}: the request was taken back`)
  const results = resultsText(ended)
  if (results !== '') console.log(`${results}\n`)
  const summary = `${name} ${state.phase}: ${state.message}`
  if (state.phase !== 'Succeeded') throw new CommandEnd(summary, exitCodes.no)
  console.log(summary)
}

/** Whether nothing is asked for and nothing runs. */
export function isOver({ operation, status }: ApplicationView): boolean {
  const state = status?.operationState
  return operation === undefined && (state === undefined || state.finishedAt !== undefined)
}

function resultsText({ status }: ApplicationView): string {
  const results = status?.operationState?.syncResult?.resources ?? []
  const fields = ['syncPhase', 'group', 'kind', 'namespace', 'name', 'status', 'message'] as const
  const rows = results.map((result) => fields.map((field) => String(result[field] ?? '')))
  if (rows.length === 0) return ''
  return table(['PHASE', 'GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'MESSAGE'], rows)
}
