import { HealthError } from '../core/errors.ts'
import type { End, Operation, Progress } from './operation.ts'

/** The moment at which what is waited for is given up. */
export type Deadline = {
  readonly of: NonNullable<End['timedOut']>
  /** Epoch ms. */
  readonly at: number
  readonly afterMs: number
}

/** When an operation waits for health no longer: ten minutes after its start unless it says otherwise. */
export function healthDeadline({ decision }: Operation, { startedAt }: Progress): Deadline {
  const afterMs = decision.healthTimeoutMs
  return { of: 'health', at: startedAt + afterMs, afterMs }
}

/** When a wave, with its hooks, has to be done; undefined without `driftless.dev/wave-timeout`. */
export function waveDeadline(
  { decision: { waveTimeoutMs: afterMs } }: Operation,
  { waveBegunAt }: Progress,
): Deadline | undefined {
  return afterMs === undefined ? undefined : { of: 'wave', at: waveBegunAt + afterMs, afterMs }
}

/**
 * When an operation has to be done, with all its attempts (SYNC-27); undefined without
 * `driftless.dev/operation-timeout`.
 */
export function operationDeadline(
  { decision: { operationTimeoutMs: afterMs } }: Operation,
  begunAt: number,
): Deadline | undefined {
  return afterMs === undefined ? undefined : { of: 'operation', at: begunAt + afterMs, afterMs }
}

/** The first of the deadlines that there are. */
export function nearest(...deadlines: readonly (Deadline | undefined)[]): Deadline | undefined {
  return deadlines
    .filter((deadline) => deadline !== undefined)
    .reduce<Deadline | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined)
}

/** Whether it has come. */
export function isOver(deadline: Deadline | undefined): deadline is Deadline {
  return deadline !== undefined && Date.now() >= deadline.at
}

/** How long may be waited, in ms, when it is looked again after `lookAgainMs` anyway. */
export function patienceUntil(deadline: Deadline | undefined, lookAgainMs = 30_000): number {
  if (deadline === undefined) return lookAgainMs
  return Math.max(1, Math.min(lookAgainMs, deadline.at - Date.now()))
}

const texts: Readonly<Record<Deadline['of'], readonly [what: string, how: string]>> = {
  health: ['not healthy', ''],
  wave: ['the wave is not done', ' (driftless.dev/wave-timeout)'],
  operation: ['the operation is not done', ' (driftless.dev/operation-timeout)'],
}

/** `not healthy after 600 s`. */
export function showDeadline({ of, afterMs }: Deadline): string {
  const [what, how] = texts[of]
  return `${what} after ${Math.round(afterMs / 1000)} s${how}`
}

/** The end of what a deadline overtook; `waiting` says what was waited for. */
export function timedOut(deadline: Deadline, waiting = ''): End {
  const message = [showDeadline(deadline), waiting].filter(Boolean).join(': ')
  const failure = { type: HealthError.name, message, retryable: false }
  return { phase: 'Failed', message, failure, timedOut: deadline.of }
}
