import type { Destination } from '../core/application.ts'
import { type DeclaredCluster, readClusterSecret } from '../core/cluster/declared.ts'
import { clusterIdOf, type KnownClusters, type Place, placeOf } from '../core/cluster/place.ts'
import type { Manifest } from '../core/manifest/manifest.ts'
import { secretTypeLabel } from '../core/repository/credentials.ts'
import { createReflector } from './kube/reflector.ts'
import type { KubeTransport } from './kube/transport.ts'

/** The clusters that the Secrets of the control namespace declare, as they are now. What they hold is never logged. */
export type ClusterIndex = {
  /** Settles when they are known: before, nobody may say that there is no such cluster. */
  readonly synced: Promise<void>
  known(): KnownClusters
  placeOf(destination: Destination): Place
  /** Names the cluster whose worker works for the destination. */
  idOf(destination: Destination): string
  /** Called after each change; gives the function that ends it. */
  subscribe(listener: () => void): () => void
  stop(): void
}

/** Follows the Secrets of clusters; `transport` is that of the control cluster, which may be no destination. */
export function createClusterIndex(
  transport: KubeTransport,
  namespace: string,
  onError: (error: unknown) => void,
  isControlDisabled: () => boolean = () => false,
): ClusterIndex {
  const bySecret = new Map<string, DeclaredCluster>()
  const listeners = new Set<() => void>()
  let declared: readonly DeclaredCluster[] = []
  const known = (): KnownClusters => ({
    ...{ declared, control: transport.server, isControlDisabled: isControlDisabled() },
  })
  const changed = (): void => {
    declared = [...bySecret.values()]
    for (const listener of listeners) listener()
  }
  const take = (object: Manifest): void => {
    const read = readClusterSecret(object)
    if (read === undefined) bySecret.delete(nameOf(object))
    else bySecret.set(nameOf(object), read)
    changed()
  }
  const reflector = createReflector({
    transport,
    path: `/api/v1/namespaces/${namespace}/secrets`,
    labelSelector: `${secretTypeLabel}=cluster`,
    onChange: take,
    onDelete: (object) => {
      bySecret.delete(nameOf(object))
      changed()
    },
    onList: (objects) => {
      const there = new Set(objects.map(nameOf))
      for (const name of bySecret.keys()) if (!there.has(name)) bySecret.delete(name)
      changed()
    },
    onError,
  })
  return {
    synced: reflector.synced,
    known,
    placeOf: (destination) => placeOf(destination, known()),
    idOf: (destination) => clusterIdOf(placeOf(destination, known()), known()),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: reflector.stop,
  }
}

function nameOf({ metadata }: Manifest): string {
  return metadata.name ?? ''
}
