import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api'
import {
  NetworkError,
  NotificationRefused,
  type PlatformError,
  RateLimited,
} from '../../core/errors.ts'

const defaultRetryAfterS = 30

/** What to do about Slack's own error codes; `#` stands for the channel. */
const advice: Readonly<Record<string, string>> = {
  ...same('the token in SLACK_BOT_TOKEN is not valid any more; set the one of the installed app', [
    'invalid_auth',
    'not_authed',
    'token_revoked',
    'token_expired',
    'account_inactive',
  ]),
  ...same('give the app the scopes chat:write and channels:history, and install it again', [
    'missing_scope',
    'no_permission',
    'not_allowed_token_type',
  ]),
  ...same('invite the bot: /invite in the channel # (or give it chat:write.public)', [
    'not_in_channel',
    'restricted_action',
  ]),
  channel_not_found:
    'there is no channel # for the bot; set SLACK_CHANNEL to its id, and invite the bot if it is private',
  is_archived: 'the channel # is archived; set SLACK_CHANNEL to another one',
  ...same('the message was removed, or may not be changed any more', [
    'message_not_found',
    'cant_update_message',
    'edit_window_closed',
    'thread_not_found',
  ]),
}

// Slack's own trouble, which passes
const passing: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
  'rollup_error',
])

/** The failure as ours: what passes, what has to wait, and what only a person can mend. */
export function slackFailure(error: unknown, channel: string): PlatformError {
  if (error instanceof WebAPIRateLimitedError) return limited(error.retryAfter)
  if (error instanceof WebAPIPlatformError) return refused(error, channel)
  if (error instanceof WebAPIHTTPError && error.statusCode >= 400 && error.statusCode < 500) {
    return new NotificationRefused(
      `the server answers ${error.statusCode}; check SLACK_API_URL, which ends in /api/`,
    )
  }
  // a connection that breaks within the answer comes as a bare error
  const cause = error instanceof WebAPIRequestError ? error.original : error
  return new NetworkError(`Slack does not answer: ${reasonOf(cause)}`)
}

export function isRefused(error: unknown): boolean {
  return error instanceof NotificationRefused
}

function refused({ data }: WebAPIPlatformError, channel: string): PlatformError {
  const { error: code, response_metadata: metadata } = data
  if (code === 'ratelimited' || code === 'rate_limited') {
    return limited((metadata as { retryAfter?: number } | undefined)?.retryAfter)
  }
  // what is no code of Slack's is not from Slack: a proxy's page, or half an answer
  if (passing.has(code) || !/^[a-z_]{1,60}$/.test(code)) {
    return new NetworkError(`Slack does not answer as it should: ${code.slice(0, 60)}`)
  }
  const todo = advice[code]?.replace('#', channel) ?? 'see the error in the documentation of Slack'
  return new NotificationRefused(`Slack refuses the notification (${code}): ${todo}`)
}

function limited(retryAfterS = defaultRetryAfterS): RateLimited {
  return new RateLimited(`Slack asks to wait ${retryAfterS} s`, retryAfterS * 1000)
}

function reasonOf(error: unknown): string {
  const { message = String(error), cause } = (error ?? {}) as { message?: string; cause?: unknown }
  const deeper = cause instanceof Error ? `: ${cause.message}` : ''
  return `${message}${deeper}`.slice(0, 200)
}

function same(text: string, codes: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(codes.map((code) => [code, text]))
}
