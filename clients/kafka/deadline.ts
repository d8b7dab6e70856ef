import { NetworkError } from '../../core/errors.ts'

/** What the promise gives, or NetworkError when it takes too long; what it does then is not heard any more. */
export async function deadline<T>(promise: Promise<T>, ms: number, reason: string): Promise<T> {
  promise.catch(() => undefined)
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new NetworkError(`${reason} (${ms} ms)`)), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
