import type { Manifest } from '../manifest/manifest.ts'
import { secretData } from '../manifest/secret.ts'
import { secretTypeLabel } from '../repository/credentials.ts'
import { type ClusterAccess, readAccess } from './access.ts'

/** What a Secret says of one cluster (CLUS-01). */
export type DeclaredCluster = {
  /** Name of the Secret, for messages. */
  readonly secret: string
  readonly name: string
  readonly server: string
  /** Only Applications of this project may use it; absent for everybody's (PROJ-16). */
  readonly project?: string
  /** Absent: all of them, and what lies in none (CLUS-06). */
  readonly scope?: ClusterScope
  readonly access: ClusterAccess
  /** Why it cannot be used, each with its key; empty for a good one. */
  readonly problems: readonly string[]
}

/** What of a cluster is looked at when the Secret names namespaces (CLUS-06). */
export type ClusterScope = {
  readonly namespaces: readonly string[]
  /** Whether what lies in no namespace is ours as well. */
  readonly clusterResources: boolean
}

/** Reads a Secret as the API server has it; undefined when it declares no cluster. */
export function readClusterSecret(secret: Manifest): DeclaredCluster | undefined {
  const { labels, name: secretName = '' } = secret.metadata
  if (labels?.[secretTypeLabel] !== 'cluster') return undefined
  const fields = secretData(secret)
  const given = (key: string): string => fields.get(key)?.trim() ?? ''
  const server = given('server').replace(/\/+$/, '')
  const { access, problems } = readAccess(fields.get('config'))
  const project = given('project')
  const scope = scopeOf(given('namespaces'), given('clusterResources'))
  return {
    ...{ secret: secretName, name: given('name') || server, server, access },
    ...(project !== '' && { project }),
    ...(scope !== undefined && { scope }),
    problems: [...addressProblems(server), ...problems],
  }
}

function addressProblems(server: string): readonly string[] {
  if (server === '') return ['server: is missing; give the address of the API server']
  return /^https?:\/\/[^\s]+$/.test(server) ? [] : ['server: is not an http or https address']
}

function scopeOf(namespaces: string, clusterResources: string): ClusterScope | undefined {
  const names = namespaces
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) return undefined
  return { namespaces: [...new Set(names)], clusterResources: clusterResources === 'true' }
}
