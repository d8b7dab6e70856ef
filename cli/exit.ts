/**
 * How commands end: 0 when all is well, 1 when the answer is "no" (a difference, a failed operation,
 * `--failed` that found some), 20 for errors and for waits that took too long (CLI-01).
 */
export const exitCodes = { ok: 0, no: 1, error: 20 } as const

/** Ends the command with a message; without one it has said all there is to say. */
export class CommandEnd extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = exitCodes.error, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}
