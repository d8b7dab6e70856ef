import { isControlClusterAddress } from '../application/control-cluster.ts'
import type { Destination } from '../application/schema.ts'
import { clusterId, plainAddress } from './address.ts'
import type { DeclaredCluster } from './declared.ts'

/** The clusters that there are. */
export type KnownClusters = {
  readonly declared: readonly DeclaredCluster[]
  /** The address under which we ourselves reach the control cluster. */
  readonly control: string
  /** Set where nothing may be deployed to it (CLUS-03). */
  readonly isControlDisabled?: boolean
}

/** Where a destination is. */
export type Place =
  | { readonly kind: 'control'; readonly declared?: DeclaredCluster }
  | { readonly kind: 'remote'; readonly declared: DeclaredCluster }
  /** Nobody declares such a cluster (CLUS-11). */
  | { readonly kind: 'unknown' }
  /** Somebody does, but not so that it could be used. */
  | { readonly kind: 'unusable'; readonly problems: readonly string[] }

const controlName = 'in-cluster'

/** The cluster of a destination, by address or by name (APP-03). */
export function placeOf({ server, name }: Destination, known: KnownClusters): Place {
  const { declared } = known
  if (server) return placeAt(server, known)
  const named = declared.filter((cluster) => cluster.name === name)
  const [first, second] = named
  const isImpostor = name === controlName && first !== undefined && !isHere(first, known)
  if (second !== undefined || isImpostor) return twice(named, `the name ${name}`)
  if (first === undefined) return name === controlName ? placeAt(known.control, known) : unknown
  return placeAt(first.server, known)
}

const disabled =
  'nothing may be deployed to the control cluster (cluster.inClusterEnabled of argocd-cm is false); name another cluster'
const unknown: Place = { kind: 'unknown' }

function placeAt(server: string, known: KnownClusters): Place {
  const isControl = isControlClusterAddress(server, [known.control])
  const found = known.declared.filter((cluster) =>
    isControl ? isHere(cluster, known) : plainAddress(cluster.server) === plainAddress(server),
  )
  const [first, second] = found
  if (second !== undefined) return twice(found, `the server ${server}`)
  if (isControl && known.isControlDisabled === true)
    return { kind: 'unusable', problems: [disabled] }
  if (isControl) return { kind: 'control', ...(first !== undefined && { declared: first }) }
  if (first === undefined) return unknown
  const problems = first.problems.map((problem) => `the Secret ${first.secret}: ${problem}`)
  return problems.length > 0 ? { kind: 'unusable', problems } : { kind: 'remote', declared: first }
}

function isHere({ server }: DeclaredCluster, { control }: KnownClusters): boolean {
  return isControlClusterAddress(server, [control])
}

function twice(found: readonly DeclaredCluster[], what: string): Place {
  const secrets = found.map(({ secret }) => secret).sort()
  const problem =
    secrets.length > 1
      ? `the Secrets ${secrets.join(' and ')} declare ${what}; keep one`
      : `the Secret ${secrets[0]} declares ${what}, which is that of the control cluster; choose another`
  return { kind: 'unusable', problems: [problem] }
}

/**
 * Names the cluster whose worker works for the destination; what is in no cluster that can be used
 * is told by the worker of the control cluster.
 */
export function clusterIdOf(place: Place, { control }: KnownClusters): string {
  return clusterId(place.kind === 'remote' ? plainAddress(place.declared.server) : control)
}
