import { NetworkError, PlatformError } from '../../core/errors.ts'
import type { KubeTransport } from './transport.ts'

const firstPauseMs = 1_000
const lastPauseMs = 10_000

type Silence = {
  readonly message: string
  readonly since: number
  readonly pauseMs: number
  /** Whether somebody asks the server right now, although it is silent. */
  isAsked: boolean
}

/**
 * The same transport that leaves a server alone which does not answer: after a request without an
 * answer others fail at once with the same words, and one is sent when a pause is over, which
 * doubles up to 10 s. So a cluster that hangs costs one wait, not one per step of each application.
 * What the server answers, also 429 and 5xx, is passed on: that it does is all that counts here.
 */
export function withBreaker(
  transport: KubeTransport,
  now: () => number = () => performance.now(),
): KubeTransport {
  let silence: Silence | undefined
  const guarded = async <T>(send: () => Promise<T>): Promise<T> => {
    const before = silence
    refuseWhile(before, now())
    if (before !== undefined) before.isAsked = true
    try {
      const answer = await send()
      silence = undefined
      return answer
    } catch (error) {
      if (before !== undefined) before.isAsked = false
      if (isAnswer(error)) silence = undefined
      // of those that failed together only the first makes the pause longer
      else if (isSilence(error) && silence === before)
        silence = longer(before, error.message, now())
      throw error
    }
  }
  return {
    server: transport.server,
    request: (path, options) => guarded(() => transport.request(path, options)),
    stream: (path, options) => guarded(() => transport.stream(path, options)),
    close: transport.close,
  }
}

function refuseWhile(silence: Silence | undefined, now: number): void {
  if (silence === undefined) return
  const leftMs = silence.since + silence.pauseMs - now
  if (leftMs <= 0 && !silence.isAsked) return
  const again =
    leftMs > 0 ? `it is asked again in ${Math.ceil(leftMs / 1000)} s` : 'it is asked again now'
  throw new NetworkError(`${silence.message}; ${again}`)
}

function longer(before: Silence | undefined, message: string, since: number): Silence {
  const pauseMs = Math.min((before?.pauseMs ?? 0) * 2 || firstPauseMs, lastPauseMs)
  return { message, since, pauseMs, isAsked: false }
}

/** Whoever does not answer is told with a cause. */
function isAnswer(error: unknown): boolean {
  return error instanceof PlatformError && error.cause === undefined
}

/** A request that we gave up ourselves says nothing of the server. */
function isSilence(error: unknown): error is NetworkError {
  if (!(error instanceof NetworkError) || error.cause === undefined) return false
  const { name } = error.cause as Error
  return name !== 'AbortError' && name !== 'TimeoutError'
}
