import {
  AdmissionDenied,
  ConflictError,
  NetworkError,
  NotFoundError,
  PermissionError,
  type PlatformError,
  QuotaExceeded,
} from '../../core/errors.ts'

/** The watch position is too old; the only error of the API server that means "list again". */
export class ExpiredError extends NetworkError {}

// what an apply declares and the kind cannot hold is told as an internal error
const isMalformed = /failed to (convert new object|create typed)|unable to convert unstructured/

// a quota that was made a moment ago is not counted yet
const isQuota = /exceeded quota|status unknown for quota/

/**
 * Turns an answer of the API server into the error that says what kind of trouble it is; `label`
 * names the server where there are several.
 */
export function errorOf(
  method: string,
  path: string,
  status: number,
  body: string,
  label?: string,
): PlatformError {
  const message = messageOf(body) || `${method} ${path} answered ${status}`
  const told = label === undefined ? message : `${label} answers ${status}: ${message}`
  switch (status) {
    case 401:
      return new PermissionError(
        `${label ?? 'the API server'} does not accept our credentials: ${message}`,
      )
    case 403:
      return isQuota.test(message) ? new QuotaExceeded(message) : new PermissionError(message)
    case 404:
      return new NotFoundError(message)
    case 409:
      return new ConflictError(message)
    case 410:
      return new ExpiredError(message)
    case 500:
      return isMalformed.test(message) ? new AdmissionDenied(message) : new NetworkError(told)
    case 400:
    case 405:
    case 413:
    case 422:
      return new AdmissionDenied(message)
    default:
      return new NetworkError(told)
  }
}

function messageOf(body: string): string {
  try {
    const status = JSON.parse(body) as { message?: unknown }
    return typeof status.message === 'string' ? status.message : ''
  } catch {
    return body.slice(0, 300)
  }
}
