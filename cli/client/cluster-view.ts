import { CommandEnd } from '../exit.ts'
import type { Remote } from './remote.ts'

/** A cluster as the API shows it. */
export type ClusterView = {
  readonly name: string
  readonly server: string
  readonly project?: string
  readonly namespaces?: readonly string[]
  readonly clusterResources?: boolean
  readonly connectionState: { readonly status: string; readonly message: string }
  readonly serverVersion: string
  readonly info: { readonly applicationsCount: number }
}

/** The cluster that a user means by its name or address; without one the command ends. */
export async function findCluster(remote: Remote, id: string): Promise<ClusterView> {
  const { items } = await remote.call<{ items: readonly ClusterView[] }>('GET', '/api/v1/clusters')
  const found = items.find(({ name, server }) => name === id || server === id)
  if (found !== undefined) return found
  throw new CommandEnd(`there is no cluster ${id}; \`driftless cluster list\` shows them`)
}
