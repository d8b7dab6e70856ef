/**
 * The kinds of bad news. The class name is the failure type on every wire (Temporal, API, logs),
 * so a name here is never changed without a migration.
 * `cause` of the closed list in docs/concepts.md; `retryable` says whether time alone can mend it.
 */
export abstract class PlatformError extends Error {
  /** Whether the same operation can succeed later without anybody changing Git or the spec. */
  abstract readonly retryable: boolean

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The Application (or AppProject) itself is wrong; only an edit of it helps. */
export class InvalidSpecError extends PlatformError {
  readonly retryable = false
}

/** A file of the repository is not a manifest; the message names file and line. */
export class ManifestError extends PlatformError {
  readonly retryable = false
}

/** The repository, the revision or the path cannot be read (now). */
export class GitAccessError extends PlatformError {
  readonly retryable = true
}

/** The repository refuses our credentials. */
export class GitAuthError extends PlatformError {
  readonly retryable = true
}

/** The cluster has no such kind. */
export class UnknownKindError extends PlatformError {
  readonly retryable = false
}

/** Somebody else changed the object in between. */
export class ConflictError extends PlatformError {
  readonly retryable = true
}

/** The API server (RBAC) or the AppProject forbids it. */
export class PermissionError extends PlatformError {
  readonly retryable = true
}

/** Validation or an admission webhook refused the object. */
export class AdmissionDenied extends PlatformError {
  readonly retryable = true
}

/** A quota is used up. */
export class QuotaExceeded extends PlatformError {
  readonly retryable = true
}

/** What we talk to does not answer, or answers 429/5xx. */
export class NetworkError extends PlatformError {
  readonly retryable = true
}

/** The object is not there. */
export class NotFoundError extends PlatformError {
  readonly retryable = false
}

/** The Application changed under an operation; the operation gives way to the newer spec. */
export class SupersededError extends PlatformError {
  readonly retryable = false
}

/** An object that this operation changed became Degraded, or its deadline passed. */
export class HealthError extends PlatformError {
  readonly retryable = false
}

/** Helm, Kustomize or Jsonnet refused the sources; the message is theirs. */
export class RenderError extends PlatformError {
  readonly retryable = false
}

/** A hook ended badly, or vanished before it ended. */
export class HookError extends PlatformError {
  readonly retryable = false
}

/** Slack wants to be left alone for a while. */
export class RateLimited extends PlatformError {
  readonly retryable = true
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** Slack refuses the token, the channel or the message; the message says what to do. */
export class NotificationRefused extends PlatformError {
  readonly retryable = false
}

/** A webhook that is not one: malformed, or of an unknown kind. */
export class WebhookRejected extends PlatformError {
  readonly retryable = false
}

/** A webhook whose signature is missing or wrong. */
export class WebhookUnauthorized extends PlatformError {
  readonly retryable = false
}

/** A webhook body beyond the limit. */
export class WebhookTooLarge extends PlatformError {
  readonly retryable = false
}

/** An event beyond the size that a record may have; who makes it has to cut it. */
export class EventTooLarge extends PlatformError {
  readonly retryable = false
}

/** Code that somebody wrote into the settings or the spec (Lua, jq) failed. */
export class ScriptError extends PlatformError {
  readonly retryable = false
}

/** Such code took more time or memory than it may. */
export class ScriptTimeout extends PlatformError {
  readonly retryable = false
}
