import { ignoredDecision } from '../core/event/application-decision.ts'
import type { Decided, Decision, Wake } from '../core/flow.ts'
import { behavesAs, hasPatch } from './behaviour.ts'
import { compareAndSync } from './compare-and-sync.ts'
import type { ApplicationInput } from './contract.ts'
import { deleteApplication } from './delete-application.ts'
import { giveUpCarried, terminate } from './early-end.ts'
import { persist } from './failure.ts'
import type { Inbox } from './inbox.ts'
import { createListing } from './listing.ts'
import { notBegun, type Operation } from './operation.ts'
import type { Outcome } from './outcome.ts'
import { quick } from './steps.ts'
import { waitForWindow } from './window.ts'

/** Does what the wakes ask for, once. */
export async function operate(input: ApplicationInput, inbox: Inbox): Promise<Outcome> {
  const wakes = inbox.take()
  const decision = await persist(() => quick.decide({ application: input.application, wakes }))
  // what it began elsewhere stays there (docs/decisions/0022)
  if (decision.cluster !== undefined)
    return { summary: 'its cluster is another one', wakes, events: [], cluster: decision.cluster }
  const operation = begin(meantBy(decision, input), inbox, wakes, decision)
  switch (decision.action) {
    case 'ignore':
      return ignored(operation)
    case 'invalid':
      await giveUpCarried(operation)
      await reportInvalid(operation)
      return operation.end(`invalid: ${decision.reason}`)
    case 'terminate':
      return await terminate(operation)
    case 'report':
      await operation.report({})
      return operation.end(decision.reason)
    case 'wait':
      return await waitForWindow(operation)
    case 'delete':
      return await deleteApplication(operation)
    case 'compare':
      await giveUpCarried(operation)
      return await compareAndSync(operation)
    case 'sync':
      return await compareAndSync(operation)
  }
}

/** What an Application left that is no more is not gone on with for its namesake. */
function meantBy({ uid }: Decision, input: ApplicationInput): ApplicationInput {
  if (uid === undefined) return input
  const { carried: _, attempt: __, begunAt: ___, attempted: ____, ...rest } = input
  return { ...rest, application: { ...input.application, uid } }
}

/** Nothing is reported of it, so that whoever asks what became of an event is told here. */
function ignored({ input, wakes, decision, end }: Operation): Outcome {
  const outcome = end(`ignored: ${decision.reason}`)
  const decided = decidedOf(decision, wakes)
  if (decided.events.length === 0 || !hasPatch(decision, 'explain-ignored')) return outcome
  return { ...outcome, events: [...outcome.events, ignoredDecision(input.application, decided)] }
}

function decidedOf({ action, reason, trigger }: Decision, wakes: readonly Wake[]): Decided {
  const events = [...new Set(wakes.flatMap((wake) => wake.events ?? []))]
  return { action, reason, trigger, events, at: Math.max(0, ...wakes.map(({ at }) => at)) }
}

/** A sync that somebody asked for and that cannot begin has failed (SYNC-32). */
async function reportInvalid({ decision, report }: Operation): Promise<void> {
  const { request, problems, reason } = decision
  if (request === undefined) return await report({ problems })
  await report({ problems, answers: request, operation: notBegun(decision, `invalid: ${reason}`) })
}

function begin(
  input: ApplicationInput,
  inbox: Inbox,
  wakes: readonly Wake[],
  decision: Decision,
): Operation {
  const { application } = input
  const decided = decidedOf(decision, wakes)
  const events: unknown[] = []
  let sequence = 0
  const list = createListing(decision)
  return {
    input,
    inbox,
    wakes,
    decision,
    async report(facts) {
      let again: { readonly again?: true } = {}
      // progress is told by who waits for news: what came since the last look is still news there
      const keepsNews = facts.final === false && behavesAs(decision, 4)
      do {
        // what came until now is in the cluster's state that the report reads
        if (!keepsNews) inbox.clearHealth()
        const at = Date.now()
        sequence = Math.max(sequence + 1, at)
        const report = {
          at,
          sequence,
          final: true,
          specDigest: decision.specDigest,
          decided,
          ...facts,
          ...again,
        }
        const reported = await persist(() => quick.report({ application, report }))
        events.push(...reported.unpublished)
        list(reported.health, report)
        again = { again: true }
      } while (!keepsNews && inbox.hasHealth())
    },
    isOvertaken: () => inbox.hasWork(decision.supersede),
    end: (summary, more) => ({
      summary,
      wakes,
      events,
      ...(decision.supersede !== undefined && { supersede: decision.supersede }),
      ...more,
    }),
  }
}
