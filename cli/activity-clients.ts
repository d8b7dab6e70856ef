import type { ActivityClients } from '../activities/clients.ts'
import { createArtifacts } from '../clients/artifacts.ts'
import { createCharts } from '../clients/charts.ts'
import { createGit } from '../clients/git.ts'
import { createGitWriter } from '../clients/git-writer.ts'
import { createHealthNews } from '../clients/health-news.ts'
import { installKey } from '../clients/install-key.ts'
import { createPlugins } from '../clients/plugins.ts'
import { createRemoteFiles } from '../clients/remote-files.ts'
import { createAccessIndex } from '../clients/repository-access.ts'
import { createSlack } from '../clients/slack.ts'
import { createStatusWriter } from '../clients/status-writer.ts'
import { createTools } from '../clients/tools.ts'
import type { Config } from './config.ts'
import { gitOptions } from './git-options.ts'
import type { HeldCluster } from './held-cluster.ts'
import type { userRules } from './user-rules.ts'
import type { Wiring } from './wire.ts'

type Rules = ReturnType<typeof userRules>
/** What the activities of all clusters share. */
export type SharedClients = Omit<ActivityClients, 'healthNews' | 'clusterId' | 'clusterOf'>

export function sharedClients(config: Config, wiring: Wiring, rules: Rules): SharedClients {
  const { applications, bus, clusters, transport, wakeup, onError } = wiring
  const access = createAccessIndex(transport, config.namespace, onError)
  const reading = gitOptions(config)
  const { outbound } = reading
  return {
    ...rules,
    ...{ applications, bus, clusters },
    wake: wakeup.application,
    git: createGit({ dir: `${config.data}/git`, ...reading, access }),
    gitWriter: createGitWriter({ ...reading, access }),
    charts: createCharts({
      ...{ dir: `${config.data}/charts`, outbound, access, now: Date.now },
      setting: rules.setting,
    }),
    artifacts: createArtifacts({ dir: `${config.data}/artifacts`, key: installKey(config.data) }),
    tools: createTools(config.tools),
    plugins: createPlugins(config.plugins, onError),
    remoteFiles: createRemoteFiles(outbound),
    status: createStatusWriter(applications, onError),
    warn: async (event) => {
      const path = `/api/v1/namespaces/${event.metadata.namespace}/events`
      await transport.request(path, { method: 'POST', body: event })
    },
    ...(config.slack === undefined
      ? { notify: undefined, announce: undefined, slack: undefined }
      : {
          notify: wakeup.people,
          announce: wakeup.announce,
          slack: createSlack(config.slack),
        }),
    now: Date.now,
  }
}

/** The same for the activities of one cluster, which tell nothing of the health in another one. */
export function clusterClients(
  shared: SharedClients,
  clusterId: string,
  held: HeldCluster,
): ActivityClients {
  return {
    ...shared,
    clusterId,
    healthNews: createHealthNews(Date.now),
    clusterOf({ spec }) {
      const { kind } = shared.clusters.placeOf(spec.destination)
      return kind === 'control' || kind === 'remote' ? held.current() : undefined
    },
  }
}
