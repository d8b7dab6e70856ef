import type { RenderedManifests } from '../flow.ts'
import type { LastAttempt } from '../status/status.ts'

/** What is to be synced, and what was synced last. */
type Repetition = {
  readonly specDigest: string
  readonly rendered: Pick<RenderedManifests, 'inputs'>
  readonly lastAttempt: LastAttempt | undefined
  readonly retry: boolean
  readonly heal?: boolean
}

/** Whether nothing is deployed but what was, whoever noticed that it is not so any more (AUTO-10). */
export function isHeal(input: Repetition): boolean {
  return input.heal === true || lastOfSame(input)?.phase === 'Succeeded'
}

/** The same inputs are not tried twice by themselves (AUTO-09), unless they heal (AUTO-10) or repeat. */
export function refusalOfRepetition(
  input: Repetition,
  selfHeal: boolean,
): { readonly reason: string; readonly message?: string } | undefined {
  const last = lastOfSame(input)
  if (input.retry || last === undefined) return undefined
  if (last.phase === 'Succeeded') {
    return selfHeal ? undefined : { reason: 'this revision was synced and selfHeal is off' }
  }
  if (last.phase === 'Running' || last.retryable === true) return undefined
  return {
    reason: 'this revision failed and waits for a new commit or spec',
    message: `Failed last sync attempt to ${last.revision}: ${last.failure ?? last.phase}; push a fix or change the spec`,
  }
}

function lastOfSame({ lastAttempt: last, rendered, specDigest }: Repetition) {
  return last?.inputs === rendered.inputs && last.specDigest === specDigest ? last : undefined
}
