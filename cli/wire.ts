import { type ApplicationIndex, createApplicationIndex } from '../clients/applications.ts'
import { createKafkaBus, type EventBus } from '../clients/bus.ts'
import { type ClusterIndex, createClusterIndex } from '../clients/clusters.ts'
import { connect } from '../clients/kube/connection.ts'
import { createTransport, type KubeTransport } from '../clients/kube/transport.ts'
import { createOperatorSettings, type OperatorSettings } from '../clients/settings.ts'
import { createTemporal, type Temporal } from '../clients/temporal.ts'
import { createWakeup, type Wakeup } from '../event-sources/wakeup.ts'
import type { Config } from './config.ts'
import type { Logger } from './log.ts'

/** The connections that every process has. */
export type Wiring = {
  /** To the control cluster. */
  readonly transport: KubeTransport
  readonly temporal: Temporal
  readonly bus: EventBus
  readonly applications: ApplicationIndex
  readonly clusters: ClusterIndex
  readonly settings: OperatorSettings
  readonly wakeup: Wakeup
  readonly onError: (error: unknown) => void
  close(): Promise<void>
}

/** Connects to Kubernetes, Temporal and Kafka; Kafka and Temporal may still be away. */
export async function wire(config: Config, log: Logger): Promise<Wiring> {
  const transport = createTransport(await connect(config.kubeconfig))
  const temporal = await createTemporal(config.temporalAddress, config.temporalNamespace)
  const onError = (error: unknown): void => {
    log.warn(
      { error: error instanceof Error ? error.message : String(error) },
      'will be tried again',
    )
  }
  const bus = createKafkaBus({ brokers: config.brokers, clientId: config.identity, onError })
  const { namespace, applicationNamespaces: others } = config
  const settings = createOperatorSettings(transport, namespace, onError)
  const applications = createApplicationIndex(transport, namespace, onError, {
    others,
    globalProjects: () => settings.get('globalProjects'),
  })
  const isControlDisabled = () => settings.get('cluster.inClusterEnabled') === 'false'
  const clusters = createClusterIndex(transport, namespace, onError, isControlDisabled)
  const wakeup = createWakeup({
    temporal,
    clusterIdOf: clusters.idOf,
    find: ({ namespace, name }) => applications.get(namespace, name),
  })
  return {
    ...{ transport, temporal, bus, applications, clusters, settings, wakeup, onError },
    async close() {
      applications.stop()
      settings.stop()
      clusters.stop()
      await Promise.allSettled([bus.close(), temporal.close(), transport.close()])
    },
  }
}
