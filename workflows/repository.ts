import {
  condition,
  continueAsNew,
  defineSignal,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow'
import type { Look, Observed } from '../core/flow.ts'
import { lookSignal, type RepositoryInput } from './contract.ts'
import { failureOf } from './failure.ts'
import { steps } from './steps.ts'
import { tell } from './tell.ts'

/** One fetch per burst of looks; only applications whose inputs changed are woken. */
export async function repository(input: RepositoryInput): Promise<string> {
  let looks: readonly Look[] = input.pending ?? []
  setHandler(defineSignal<[Look]>(lookSignal), (look) => {
    looks = [...looks, look]
  })
  await condition(() => looks.length > 0)
  const seen: string[] = []
  let unpublished = input.unpublished ?? []
  while (looks.length > 0 || unpublished.length > 0) {
    unpublished = await tell(unpublished, { hasWork: () => looks.length > 0 })
    if (looks.length === 0) continue
    const taken = looks
    looks = []
    const summary =
      taken.length === 1 ? `${taken[0]?.reason}` : `${taken.length} looks folded into one`
    const observed = await observe(input.repository, taken, summary)
    unpublished = [...unpublished, ...(observed.unpublished ?? [])]
    seen.push(`${shortHead(observed)}: ${observed.woken} of ${observed.applications} applications`)
    // a commit that was announced but is not to be seen yet is looked for again
    const waiting = observed.missing
    if (waiting.length > 0) {
      await condition(() => looks.length > 0, observed.lookAgainMs)
      looks = [...waiting, ...looks]
    }
    if (workflowInfo().continueAsNewSuggested) {
      const { repository: name } = input
      await continueAsNew<typeof repository>({ repository: name, pending: looks, unpublished })
    }
  }
  return seen.slice(-3).join('; ')
}

/** The name of the failure stands there when the repository could not be looked at. */
function shortHead({ head }: Observed): string {
  return /^[0-9a-f]{40,}$/.test(head) ? head.slice(0, 7) : head
}

const unreachableAgainMs = 10_000

/** A repository that does not answer is looked at again; what was announced is not forgotten meanwhile. */
async function observe(name: string, looks: readonly Look[], summary: string): Promise<Observed> {
  try {
    return await steps.observe.executeWithOptions({ summary }, [{ repository: name, looks }])
  } catch (error) {
    const failure = failureOf(error)
    if (!failure.retryable) throw error
    const announced = looks.filter(({ reason }) => reason !== 'poll')
    return {
      head: failure.type,
      woken: 0,
      applications: 0,
      missing: announced,
      lookAgainMs: unreachableAgainMs,
    }
  }
}
