import { sleep } from '@temporalio/workflow'
import type { Reverted } from '../core/flow.ts'
import { failureOf } from './failure.ts'
import type { End, Operation } from './operation.ts'
import { retryDelay } from './outcome.ts'
import { writes } from './steps.ts'

const maxAttempts = 5

/** After an automatic rollback that succeeded: puts Git back as well, where the Application wants that. */
export async function revertInGit({ decision, input, report }: Operation, end: End): Promise<void> {
  if (decision.revert !== true || end.phase !== 'Succeeded') return
  await report({ reverted: await revertOrGiveUp(input.application) })
}

async function revertOrGiveUp(application: Operation['input']['application']): Promise<Reverted> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await writes.revert.executeWithOptions({ summary: 'put Git back' }, [{ application }])
    } catch (error) {
      const { message, retryable } = failureOf(error)
      if (!retryable || attempt + 1 === maxAttempts) return { commits: [], givenUp: message }
      await sleep(retryDelay(attempt))
    }
  }
}
