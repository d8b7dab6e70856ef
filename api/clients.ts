import type { Accounts } from '../clients/accounts.ts'
import type { ApplicationObjects } from '../clients/application-objects.ts'
import type { ApplicationIndex, StoredApplication } from '../clients/applications.ts'
import type { EventBus } from '../clients/bus.ts'
import type { ClusterSecrets } from '../clients/clusters/secrets.ts'
import type { ClusterIndex } from '../clients/clusters.ts'
import type { ExplainIndex } from '../clients/explain-index.ts'
import type { HealthRules } from '../clients/health-rules.ts'
import type { Jq } from '../clients/jq.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { StaticFiles } from '../clients/static-files.ts'
import type { Temporal } from '../clients/temporal.ts'
import type { Destination } from '../core/application.ts'
import type { Customizations } from '../core/customization.ts'
import type { ApplicationRef } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { Notice } from '../core/notification/notice.ts'
import type { WebhookSecrets } from '../event-sources/webhooks/webhook.ts'

/** A cluster as the API looks at it: asked when somebody asks, never watched. */
export type ReadCluster = Pick<
  Cluster,
  'read' | 'list' | 'dryRun' | 'discovery' | 'version' | 'permits' | 'user'
>

/** The declared objects of one revision. */
export type Rendered = {
  readonly revision: string
  readonly manifests: readonly Manifest[]
}

export type UserRules = {
  readonly customizations: () => Customizations
  readonly health: HealthRules
  readonly jq: Pick<Jq, 'run'>
}

/** What the API works with; joined in cli/wire.ts. */
export type ApiClients = {
  readonly applications: ApplicationIndex
  readonly objects: ApplicationObjects
  /** Where destinations are. */
  readonly clusters: ClusterIndex
  readonly clusterSecrets: ClusterSecrets
  /** Undefined when the cluster of the destination cannot be used. */
  readonly clusterAt: (destination: Destination) => ReadCluster | undefined
  /** Renders on demand; without a revision the one that the Application tracks. */
  readonly rendered: (application: StoredApplication, revision?: string) => Promise<Rendered>
  /** Settles when every source has answered; throws why one does not. */
  readonly reach: (application: StoredApplication) => Promise<void>
  /** What users say of kinds in the settings, and the engines for the code in it. */
  readonly rules: UserRules
  readonly accounts: Accounts
  readonly bus: Pick<EventBus, 'publish' | 'healthy'>
  readonly temporal: Pick<Temporal, 'healthy'>
  /** What became of events. */
  readonly explanations: ExplainIndex
  readonly webhookSecrets: WebhookSecrets
  /** Undefined while nobody set notifications up. */
  readonly notify?: (ref: ApplicationRef, notice: Notice) => Promise<void>
  readonly swaggerFiles: StaticFiles
  readonly version: string
  /** Whether `/metrics` answers without a token. */
  readonly publicMetrics: boolean
  readonly now: () => number
  /** Aborted when the process is to end: open streams close. */
  readonly stopping: AbortSignal
  readonly log: {
    info(facts: object, message: string): void
    error(facts: object, message: string): void
  }
}
