import type { ApplicationIndex } from '../clients/applications.ts'
import type { Artifacts } from '../clients/artifacts.ts'
import type { EventBus } from '../clients/bus.ts'
import type { Charts } from '../clients/charts.ts'
import type { ClusterIndex } from '../clients/clusters.ts'
import type { Git } from '../clients/git.ts'
import type { GitWriter } from '../clients/git-writer.ts'
import type { HealthNews } from '../clients/health-news.ts'
import type { HealthRules } from '../clients/health-rules.ts'
import type { Jq } from '../clients/jq.ts'
import type { Cluster } from '../clients/kube/cluster.ts'
import type { Plugins } from '../clients/plugins.ts'
import type { RemoteFiles } from '../clients/remote-files.ts'
import type { Slack } from '../clients/slack.ts'
import type { StatusWriter } from '../clients/status-writer.ts'
import type { Tools } from '../clients/tools.ts'
import type { Application } from '../core/application.ts'
import type { Customizations } from '../core/customization.ts'
import type { ApplicationRef, Wake } from '../core/flow.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import type { Announcement } from '../core/notification/announcement.ts'
import type { Notice } from '../core/notification/notice.ts'

/** What the activities work with; joined in cli/wire.ts. */
export type ActivityClients = {
  readonly applications: ApplicationIndex
  readonly git: Git
  readonly gitWriter: GitWriter
  readonly artifacts: Artifacts
  readonly charts: Charts
  readonly tools: Tools
  readonly plugins: Plugins
  readonly remoteFiles: RemoteFiles
  readonly status: StatusWriter
  readonly bus: EventBus
  /** Settles when Temporal has taken the wake. */
  readonly wake: (ref: ApplicationRef, wake: Wake) => Promise<void>
  /** Where destinations are. */
  readonly clusters: ClusterIndex
  /** Names the cluster that these activities work on, as task queues have it. */
  readonly clusterId: string
  /**
   * The cluster that these activities work on; undefined when that of the destination cannot be
   * used. An operation ends where it began, also when the destination is another one meanwhile.
   */
  readonly clusterOf: (application: Application) => Cluster | undefined
  readonly healthNews: HealthNews
  readonly health: HealthRules
  readonly jq: Jq
  /** One of the operator's settings, now. */
  readonly setting: (key: string) => string | undefined
  /** What the settings say of kinds, now. */
  readonly customizations: () => Customizations
  /** Writes a Kubernetes Event; ConflictError when it is there. */
  readonly warn: (event: Manifest) => Promise<void>
  /** Settles when Temporal has taken what people are to be told; undefined when nobody is. */
  readonly notify: ((ref: ApplicationRef, notice: Notice) => Promise<void>) | undefined
  /** The same for what a hook says. */
  readonly announce:
    | ((ref: ApplicationRef, announcement: Announcement) => Promise<void>)
    | undefined
  readonly slack: Slack | undefined
  readonly now: () => number
}
