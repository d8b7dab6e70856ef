import type { Application } from '../application.ts'
import { sourcesIn } from '../application.ts'
import { isGitPush } from './event.ts'
import type { ExplainedStep } from './explained.ts'
import { whyNotMatched } from './match.ts'

/** What an event meant for one application. */
export type Meaning = {
  readonly application: string
  readonly matched: boolean
  readonly reason: string
}

/**
 * Why an event did or did not lead to work on an application: from what was recorded of it, and for
 * what is only counted there by the same rule that the look at the repository follows.
 */
export function meaningFor(
  name: string,
  application: Application,
  steps: readonly ExplainedStep[],
): Meaning {
  const decided = steps.find((step) => step.step === 'decided' && step.application === name)
  if (decided !== undefined) {
    return { application: name, matched: true, reason: decided.summary }
  }
  return { application: name, matched: false, reason: whyNot(application, steps) }
}

function whyNot(application: Application, steps: readonly ExplainedStep[]): string {
  const event = steps.find(({ step }) => step === 'received')?.event
  if (event === undefined) return 'the event itself is not known any more'
  if (!isGitPush(event)) return `nothing listens to ${event.type}`
  const other = whyNotMatched(application, event)
  if (other !== undefined) return other
  const observed = steps.findLast(({ step }) => step === 'observed')
  if (observed === undefined) return 'the repository was not looked at yet'
  const places = sourcesIn(application).map(
    ({ path = '.', targetRevision = 'HEAD' }) => `${path} at ${targetRevision}`,
  )
  return `nothing of what it renders from (${places.join(', ')}) had changed when the repository was looked at: ${observed.summary}`
}
