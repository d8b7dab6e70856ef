import { WebhookRejected, WebhookTooLarge } from '../../core/errors.ts'
import { parseGithub } from './github.ts'
import type { WebhookContents } from './webhook-contents.ts'

/** Secrets by provider; without one the sender is believed, as an event only says "look" (HOOKIN-09). */
export type WebhookSecrets = { readonly github?: string }

/** Largest body that is read (HOOKIN-12). */
export const maxWebhookBytes = 50 * 1024 * 1024

/** Finds the provider by its header and reads the webhook; the signature is checked before anything is parsed. */
export async function parseWebhook(
  header: (name: string) => string | undefined,
  body: string,
  secrets: WebhookSecrets,
): Promise<WebhookContents> {
  if (Buffer.byteLength(body) > maxWebhookBytes) {
    throw new WebhookTooLarge(`the body is larger than ${maxWebhookBytes} bytes`)
  }
  if (header('x-github-event') !== undefined) return await parseGithub(header, body, secrets.github)
  throw new WebhookRejected(
    'unknown webhook: none of the headers of a known provider is set (X-GitHub-Event)',
  )
}
