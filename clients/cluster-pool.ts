import type { Destination } from '../core/application.ts'
import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { connectionOf } from './clusters/connection.ts'
import type { ClusterIndex } from './clusters.ts'
import { withBreaker } from './kube/breaker.ts'
import { type Cluster, createCluster } from './kube/cluster.ts'
import { createTransport, type KubeTransport } from './kube/transport.ts'

/** The clusters for somebody who asks them now and then and watches nothing. */
export type ClusterPool = {
  /** Undefined when it cannot be used. */
  of(destination: Destination): Cluster | undefined
}

type Opened = {
  readonly declared: DeclaredCluster
  readonly cluster: Cluster
  readonly transport: KubeTransport
}

/** Opens a cluster when it is asked for, and anew when its Secret says something else. */
export function createClusterPool(
  clusters: ClusterIndex,
  control: KubeTransport,
  onError: (error: unknown) => void,
): ClusterPool {
  const here = createCluster(control, onError)
  const opened = new Map<string, Opened>()
  clusters.subscribe(() => {
    const { declared } = clusters.known()
    for (const [secret, { declared: old, cluster, transport }] of opened) {
      if (declared.includes(old)) continue
      opened.delete(secret)
      cluster.close()
      void transport.close()
    }
  })
  return {
    of(destination) {
      const place = clusters.placeOf(destination)
      if (place.kind === 'control') return here
      if (place.kind !== 'remote') return undefined
      const { declared } = place
      const known = opened.get(declared.secret)
      if (known !== undefined) return known.cluster
      const transport = withBreaker(createTransport(connectionOf(declared)))
      const cluster = createCluster(transport, onError, declared.scope)
      opened.set(declared.secret, { declared, cluster, transport })
      return cluster
    },
  }
}
