import { PlatformError } from '../core/errors.ts'

/** Refusals that only the API knows; the class name is the `error` of the answer. */

/** No token, or one that is not believed. */
export class UnauthenticatedError extends PlatformError {
  readonly retryable = false
}

/** What is asked does not fit what is; the message says what to do first. */
export class PreconditionError extends PlatformError {
  readonly retryable = false
}

/** Too many attempts; later ones are heard again. */
export class TooManyAttemptsError extends PlatformError {
  readonly retryable = true
}

/** What was waited for did not come in time; it may still come. */
export class TimeoutError extends PlatformError {
  readonly retryable = true
}

/** Nobody has set this up; the message says how. */
export class NotConfiguredError extends PlatformError {
  readonly retryable = false
}
