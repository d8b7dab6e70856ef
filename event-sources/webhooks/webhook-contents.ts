import type { PlatformEvent } from '../../core/event/event.ts'

/** What a webhook says: events, or why there is nothing in it for us. */
export type WebhookContents =
  | { readonly events: readonly PlatformEvent[] }
  | { readonly ignored: string }
