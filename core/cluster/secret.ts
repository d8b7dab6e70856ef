import type { Manifest } from '../manifest/manifest.ts'
import { foldStringData } from '../manifest/secret.ts'
import { secretTypeLabel } from '../repository/credentials.ts'
import type { ClusterAccess } from './access.ts'
import { clusterId, plainAddress } from './address.ts'
import type { ClusterScope } from './declared.ts'

/** Says that a command wrote the Secret, and that another one may delete it. */
export const managedBy = { key: 'managed-by', value: 'driftless.dev' } as const

/** A cluster as somebody asks for it. */
export type WantedCluster = {
  readonly name: string
  readonly server: string
  readonly access: ClusterAccess
  readonly scope?: ClusterScope
  readonly project?: string
}

/** The Secret that declares the cluster, as Argo CD has them (CLUS-01); a key without a value is null. */
export function clusterSecretOf(cluster: WantedCluster): Manifest {
  const { name, server, access, scope, project } = cluster
  const { data, ...secret } = foldStringData({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretName(server),
      labels: { [secretTypeLabel]: 'cluster' },
      annotations: { [managedBy.key]: managedBy.value },
    },
    type: 'Opaque',
    stringData: {
      ...{ name, server, config: JSON.stringify(access) },
      ...(scope && { namespaces: scope.namespaces.join(',') }),
      ...(scope && { clusterResources: String(scope.clusterResources) }),
      ...(project !== undefined && { project }),
    },
  })
  const none = { namespaces: null, clusterResources: null, project: null }
  return { ...secret, data: { ...none, ...(data as object) } }
}

/** The same for the same address, so that nothing is declared twice. */
function secretName(server: string): string {
  const { host } = new URL(server)
  const readable = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .slice(0, 200)
  return `cluster-${readable.replaceAll(/^[-.]+|[-.]+$/g, '')}-${clusterId(plainAddress(server))}`
}
