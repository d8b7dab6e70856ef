import { NotFoundError } from '../../core/errors.ts'

/** The answer, or undefined when what was asked for is not there. */
export async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
