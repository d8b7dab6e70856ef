import { createHmac } from 'node:crypto'
import { request } from 'undici'
import type { pushEvent } from '../../deploy/local/push-event.ts'

/** One push as GitHub tells of it. */
export type PushEvent = Awaited<ReturnType<typeof pushEvent>>

export type WebhookOptions = {
  /** Signs the body as GitHub does. */
  readonly secret?: string
  /** Of a delivery that GitHub repeats; a new one by default. */
  readonly delivery?: string
}

export type WebhookAnswer = {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: string
}

/** Posts the event as GitHub does; every status is an answer. */
export async function pushWebhook(
  api: string,
  event: PushEvent,
  { secret, delivery = crypto.randomUUID() }: WebhookOptions = {},
): Promise<WebhookAnswer> {
  const body = JSON.stringify(event)
  const response = await request(`${api}/api/webhook`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': delivery,
      ...(secret !== undefined && { 'x-hub-signature-256': sign(body, secret) }),
    },
    body,
  })
  const { 'retry-after': retryAfter } = response.headers
  return {
    status: response.statusCode,
    retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter,
    body: await response.body.text(),
  }
}

function sign(body: string, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
