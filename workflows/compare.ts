import { upsertSearchAttributes } from '@temporalio/workflow'
import type { FailureText, RenderedManifests, SyncPlan, WakeReason } from '../core/flow.ts'
import { shortRevision } from '../core/short-revision.ts'
import { behavesAs } from './behaviour.ts'
import { failureOf } from './failure.ts'
import { isHeal, leftOf } from './left.ts'
import type { Operation } from './operation.ts'
import { quick, steps } from './steps.ts'

/** What differs, and what is done about it. */
export type Compared = {
  readonly rendered: RenderedManifests
  readonly plan: SyncPlan
  /** Why there is no news from the sources. */
  readonly trouble?: FailureText
}

/** fetch → render → diff → plan; what of it failed is given back. */
export async function compareOrFail(
  operation: Operation,
): Promise<Compared | { readonly failure: FailureText }> {
  try {
    return await compare(operation)
  } catch (error) {
    return { failure: failureOf(error) }
  }
}

// what drifted is judged against what was compared last, also when Git is away
const heals: ReadonlySet<WakeReason> = new Set(['drift', 'start'])

/** How new what is read from Git has to be; all other wakes than of drift and health want news. */
function newsWanted({ input, decision, wakes }: Operation) {
  const { retry, request } = decision
  const asked = wakes.filter(({ reason }) => !heals.has(reason) && reason !== 'health')
  const isRefreshed = retry?.refresh === true && input.attempt !== undefined
  const orKnown = request === undefined && wakes.some(({ reason }) => heals.has(reason))
  return {
    freshSince: isRefreshed ? Date.now() : Math.max(0, ...asked.map(({ at }) => at)),
    ...(orKnown && { orKnown }),
  }
}

/** A comparison that will sync nothing is quick work; one that may sync shows on the timeline. */
async function compare(operation: Operation): Promise<Compared> {
  const { input, decision } = operation
  const { application } = input
  const { specDigest, request } = decision
  const asking = request === undefined ? {} : { request }
  const regular = decision.action === 'sync'
  const fetched = await steps.fetch.executeWithOptions({ summary: 'resolve the revision' }, [
    { application, specDigest, ...newsWanted(operation), ...asking },
  ])
  if (!behavesAs(decision, 3)) {
    upsertSearchAttributes({
      Revision: [fetched.revision],
      ...(request !== undefined && { Initiator: [request.initiator], Trigger: ['operation'] }),
    })
  }
  const anew = decision.refresh?.kind === 'hard'
  const toRender = { application, specDigest, fetched, anew, ...asking }
  const rendered = regular
    ? await steps.render.executeWithOptions(
        { summary: `render ${shortRevision(fetched.revision)}` },
        [toRender],
      )
    : await quick.render(toRender)
  const planning = {
    specDigest,
    retry: (input.attempt ?? 0) > 0,
    ...asking,
    heal: isHeal(operation, rendered),
    continued: leftOf(input, rendered) !== undefined,
    ...(decision.blocked !== undefined && { blocked: decision.blocked.reason }),
  }
  const toCompare = {
    application,
    rendered,
    prove: !regular,
    ...(anew && { scan: true }),
    ...(behavesAs(decision, 3) && { planning }),
  }
  const comparison = regular
    ? await steps.diff.executeWithOptions({ summary: `compare ${rendered.count} objects` }, [
        toCompare,
      ])
    : await quick.diff(toCompare)
  const plan =
    comparison.plan ?? (await quick.plan({ application, rendered, comparison, ...planning }))
  const { trouble } = fetched
  return { rendered, plan, ...(trouble !== undefined && { trouble }) }
}
