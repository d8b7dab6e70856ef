import { WebClient } from '@slack/web-api'
import type { SlackMessage } from '../core/notification/message.ts'
import { isRefused, slackFailure } from './slack/failure.ts'
import { silentLogger } from './slack/silent-logger.ts'

/** What names a message of ours for good: Slack keeps it, and nobody sees it. */
export type Marker = {
  /** Id of the operation. */
  readonly id: string
  /** `message`, or the name of a reply. */
  readonly part: string
}

/** Where a message stands; `channel` is the id that Slack answered with. */
export type Posted = { readonly channel: string; readonly ts: string }

/** The channel that people read. Errors are NetworkError, RateLimited and NotificationRefused. */
export type Slack = {
  /** Posts into the channel, into another one, or into the thread of a message. Posting twice makes two. */
  post(message: SlackMessage, marker: Marker, where?: Place): Promise<Posted>
  update(posted: Posted, message: SlackMessage, marker: Marker): Promise<void>
  /**
   * The message with this marker, posted since `since` (epoch ms), or in the thread; undefined when
   * there is none, and when Slack does not let us look: being told twice is better than not at all.
   */
  find(marker: Marker, where: Since | Posted): Promise<Posted | undefined>
}

/** A channel by its name or id, or the thread of a message in it. */
export type Place = { readonly channel: string; readonly ts?: string }
type Since = { readonly since: number; readonly channel?: string }

export type SlackOptions = {
  readonly token: string
  /** Id of the channel; with a name posting works, finding does not. */
  readonly channel: string
  /** The address in place of `https://slack.com/api/`. */
  readonly url?: string
  readonly timeoutMs?: number
}

const eventType = 'driftless_operation'
const defaultTimeoutMs = 10_000
const pageSize = 200
const maxPages = 20
// Slack's clock is not ours
const clockSkewMs = 60_000

type Found = {
  readonly ts?: string
  readonly metadata?: { readonly event_type?: string; readonly event_payload?: object }
}
type Page = {
  readonly messages?: readonly Found[]
  readonly response_metadata?: { readonly next_cursor?: string }
}

/** Talks to Slack. Never repeats a call by itself: Temporal does, and shows it. */
export function createSlack({ token, channel, url, timeoutMs }: SlackOptions): Slack {
  const client = new WebClient(token, {
    // the library's default is ten repetitions over half an hour inside one call
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs ?? defaultTimeoutMs,
    logger: silentLogger,
    allowAbsoluteUrls: false,
    ...(url !== undefined && { slackApiUrl: url }),
  })
  const call = async (method: string, body: Record<string, unknown>): Promise<unknown> => {
    try {
      return await client.apiCall(method, body)
    } catch (error) {
      throw slackFailure(error, String(body.channel ?? channel))
    }
  }
  return {
    async post(message, marker, where) {
      const answer = (await call('chat.postMessage', {
        ...bodyOf(message, marker),
        channel: where?.channel ?? channel,
        unfurl_links: false,
        unfurl_media: false,
        ...(where?.ts !== undefined && { thread_ts: where.ts }),
      })) as Partial<Posted>
      return { channel: answer.channel ?? channel, ts: answer.ts ?? '' }
    },
    async update(posted, message, marker) {
      await call('chat.update', { ...posted, ...bodyOf(message, marker) })
    },
    async find(marker, where) {
      try {
        return 'since' in where
          ? await findIn(call, 'conversations.history', marker, where.channel ?? channel, {
              oldest: String((where.since - clockSkewMs) / 1000),
            })
          : await findIn(call, 'conversations.replies', marker, where.channel, { ts: where.ts })
      } catch (error) {
        if (isRefused(error)) return undefined
        throw error
      }
    },
  }
}

function bodyOf(message: SlackMessage, { id, part }: Marker): Record<string, unknown> {
  return { ...message, metadata: { event_type: eventType, event_payload: { id, part } } }
}

type Call = (method: string, body: Record<string, unknown>) => Promise<unknown>

async function findIn(
  call: Call,
  method: string,
  marker: Marker,
  channel: string,
  where: Record<string, unknown>,
): Promise<Posted | undefined> {
  let cursor = ''
  for (let page = 0; page < maxPages; page++) {
    const { messages = [], response_metadata: next } = (await call(method, {
      ...{ channel, ...where, limit: pageSize, include_all_metadata: true },
      ...(cursor !== '' && { cursor }),
    })) as Page
    const found = messages.find((message) => hasMarker(message, marker))
    if (found?.ts !== undefined) return { channel, ts: found.ts }
    cursor = next?.next_cursor ?? ''
    if (cursor === '') return undefined
  }
  return undefined
}

function hasMarker({ metadata }: Found, { id, part }: Marker): boolean {
  const payload = metadata?.event_payload as Partial<Marker> | undefined
  return metadata?.event_type === eventType && payload?.id === id && payload.part === part
}
