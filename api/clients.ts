import type { ApplicationIndex } from '../clients/applications.ts'
import type { EventBus } from '../clients/bus.ts'
import type { Temporal } from '../clients/temporal.ts'
import type { WebhookSecrets } from '../event-sources/webhooks/webhook.ts'

/** What the API works with; joined in cli/wire.ts. */
export type ApiClients = {
  readonly applications: Pick<ApplicationIndex, 'connected'>
  readonly bus: Pick<EventBus, 'publish' | 'healthy'>
  readonly temporal: Pick<Temporal, 'healthy'>
  readonly webhookSecrets: WebhookSecrets
  readonly log: {
    info(facts: object, message: string): void
    error(facts: object, message: string): void
  }
}
