import {
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
} from '@temporalio/workflow'
import { HealthError } from '../core/errors.ts'
import type { FailureText, HealthReport, RenderedManifests } from '../core/flow.ts'
import { showKey } from '../core/manifest/key.ts'
import { hasPatch } from './behaviour.ts'
import {
  type Deadline,
  healthDeadline,
  isOver,
  nearest,
  operationDeadline,
  patienceUntil,
  showDeadline,
  waveDeadline,
} from './deadline.ts'
import { healthSummary, healthTable, waitingFor } from './details.ts'
import { failureOf } from './failure.ts'
import { type End, type Operation, type Progress, reportProgress } from './operation.ts'
import { steps } from './steps.ts'

/** Undefined when all that was changed has arrived. */
export async function waitForHealth(
  operation: Operation,
  rendered: RenderedManifests,
  progress: Progress,
): Promise<End | 'superseded' | undefined> {
  const { inbox, isOvertaken } = operation
  const deadline = deadlineOf(operation, progress)
  let before: HealthReport | undefined
  for (let looks = 1; ; looks++) {
    inbox.clearHealth()
    const summary = healthSummary(progress.changed, before)
    const seen = await lookAtHealth(operation, rendered, progress, summary)
    if (seen === 'superseded' || 'phase' in seen) return seen
    if (seen.outcome === 'settled') return undefined
    before = seen
    if (seen.outcome === 'failed') return unhealthy(seen)
    if (isOver(deadline)) return late(seen, deadline)
    if (looks === 1 && looksAgain(operation, seen)) continue
    const message = waitingFor(seen)
    setCurrentDetails(healthTable(message, seen))
    await reportProgress(operation, rendered, progress, message)
    const patience = patienceUntil(deadline)
    await condition(() => inbox.hasHealth() || isOvertaken(), patience)
    if (isOvertaken()) return 'superseded'
  }
}

function deadlineOf(operation: Operation, progress: Progress): Deadline | undefined {
  return nearest(
    healthDeadline(operation, progress),
    waveDeadline(operation, progress),
    operationDeadline(operation, progress.begunAt),
  )
}

/** Most rollouts end within two looks: without a crowd a second one costs less than to write and be told. */
function looksAgain({ decision, isOvertaken }: Operation, { again }: HealthReport): boolean {
  return again !== false && !isOvertaken() && hasPatch(decision, 'second-look')
}

/** Looks once; gives way at once when work comes, since looking changes nothing. */
async function lookAtHealth(
  { input, isOvertaken }: Operation,
  rendered: RenderedManifests,
  { changed }: Progress,
  summary: string,
): Promise<HealthReport | End | 'superseded'> {
  const scope = new CancellationScope()
  const looking = scope.run(() =>
    steps.health.executeWithOptions({ summary }, [
      { application: input.application, rendered, changed },
    ]),
  )
  let done = false
  const settled = looking.finally(() => {
    done = true
  })
  settled.catch(() => undefined)
  await condition(() => done || isOvertaken())
  if (!done) scope.cancel()
  try {
    return await settled
  } catch (error) {
    if (isCancellation(error) && isOvertaken()) return 'superseded'
    return notSeen(failureOf(error))
  }
}

/** A cluster that does not answer is looked at again; nothing is said of the objects. */
function notSeen(failure: FailureText): HealthReport | End {
  if (!failure.retryable) return { phase: 'Error', message: failure.message, failure }
  return { outcome: 'waiting', status: 'Unknown', resources: [] }
}

function unhealthy(seen: HealthReport): End {
  const message = waitingFor(seen)
  return { phase: 'Failed', message, failure: failureFor(seen, message) }
}

function late(seen: HealthReport, deadline: Deadline): End {
  const message = `${showDeadline(deadline)}: ${waitingFor(seen)}`
  return { phase: 'Failed', message, failure: failureFor(seen, message), timedOut: deadline.of }
}

function failureFor({ resources: [worst] }: HealthReport, message: string): FailureText {
  return {
    type: HealthError.name,
    message,
    ...(worst !== undefined && { object: showKey(worst.key) }),
  }
}
