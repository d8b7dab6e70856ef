import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { PlatformError } from '../core/errors.ts'

/** An answer that is no success, in Argo CD's shape: `error` is the class name, `code` that of gRPC. */
export type Problem = {
  readonly status: ContentfulStatusCode
  readonly error: string
  readonly code: number
  readonly message: string
  readonly retryAfter?: string
}

const internal = 13
const answers: Readonly<Record<string, readonly [ContentfulStatusCode, number]>> = {
  WebhookRejected: [400, 3],
  InvalidSpecError: [400, 3],
  ManifestError: [400, 3],
  RenderError: [400, 3],
  UnknownKindError: [400, 3],
  AdmissionDenied: [400, 3],
  PreconditionError: [400, 9],
  WebhookUnauthorized: [401, 16],
  UnauthenticatedError: [401, 16],
  PermissionError: [403, 7],
  NotFoundError: [404, 5],
  ConflictError: [409, 10],
  SupersededError: [409, 10],
  WebhookTooLarge: [413, 3],
  TooManyAttemptsError: [429, 8],
  NotConfiguredError: [501, 12],
  NetworkError: [503, 14],
  GitAccessError: [502, 14],
  GitAuthError: [502, 14],
  TimeoutError: [504, 4],
}
const retryAfterSeconds: Readonly<Record<number, string>> = { 429: '60', 503: '2' }

/** The answer to an error: known kinds by their name, anything else without its text. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof PlatformError)) {
    return {
      status: 500,
      error: 'InternalError',
      code: internal,
      message: 'something went wrong here; the log has it',
    }
  }
  const [status, code] = answers[error.name] ?? [500, internal]
  const retryAfter = retryAfterSeconds[status]
  return {
    status,
    error: error.name,
    code,
    message: error.message,
    ...(retryAfter !== undefined && { retryAfter }),
  }
}
