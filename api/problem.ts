import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { PlatformError } from '../core/errors.ts'

export type Problem = {
  readonly status: ContentfulStatusCode
  readonly error: string
  readonly message: string
  readonly retryAfter?: string
}

const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  WebhookRejected: 400,
  WebhookUnauthorized: 401,
  WebhookTooLarge: 413,
  InvalidSpecError: 400,
  NotFoundError: 404,
  ConflictError: 409,
  PermissionError: 403,
  NetworkError: 503,
}

/** The answer to an error: known kinds by their name, anything else without its text. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof PlatformError)) {
    return {
      status: 500,
      error: 'InternalError',
      message: 'something went wrong here; the log has it',
    }
  }
  const status = statuses[error.name] ?? 500
  return {
    status,
    error: error.name,
    message: error.message,
    ...(status === 503 && { retryAfter: '2' }),
  }
}
