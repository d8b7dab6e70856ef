import { managedBy } from '../../core/cluster/secret.ts'
import type { Manifest } from '../../core/manifest/manifest.ts'
import { secretTypeLabel } from '../../core/repository/credentials.ts'
import type { KubeTransport } from '../kube/transport.ts'

/** The Secrets of the control namespace that declare clusters, as people change them through the API. */
export type ClusterSecrets = {
  /** Makes it; ConflictError when there is one of this name. */
  create(secret: Manifest): Promise<void>
  /** Makes one that is there say the same. */
  replace(name: string, secret: Manifest): Promise<void>
  /** Deletes one that a command made; one of somebody's own keeps its data and declares nothing any more. */
  remove(name: string): Promise<void>
}

const mergePatch = {
  method: 'PATCH',
  contentType: 'application/merge-patch+json',
  query: { fieldManager: 'driftless' },
} as const
// Argo CD's command makes them too
const made: ReadonlySet<string | undefined> = new Set([managedBy.value, 'argocd.argoproj.io'])

/** `transport` is that of the control cluster. */
export function createClusterSecrets(transport: KubeTransport, namespace: string): ClusterSecrets {
  const secrets = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
  const pathOf = (name: string) => `${secrets}/${encodeURIComponent(name)}`
  return {
    async create(secret) {
      await transport.request(secrets, { method: 'POST', body: withoutNulls(secret) })
    },
    async replace(name, { data, metadata: { labels } }) {
      await transport.request(pathOf(name), { ...mergePatch, body: { data, metadata: { labels } } })
    },
    async remove(name) {
      const { metadata } = await transport.request<Manifest>(pathOf(name))
      if (made.has(metadata.annotations?.[managedBy.key])) {
        await transport.request(pathOf(name), { method: 'DELETE' })
        return
      }
      const labels = { [secretTypeLabel]: null }
      await transport.request(pathOf(name), { ...mergePatch, body: { metadata: { labels } } })
    },
  }
}

/** Null takes a key away where there is one. */
function withoutNulls(secret: Manifest): Manifest {
  const data = Object.entries(secret.data ?? {}).filter(([, value]) => value !== null)
  return { ...secret, data: Object.fromEntries(data) }
}
