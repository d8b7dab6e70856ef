import { setTimeout as delay } from 'node:timers/promises'
import { leaseNames, removeFreeLease } from '../clients/kube/lease-object.ts'
import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { clusterTaskQueue } from '../workflows/contract.ts'
import { createDeclaration, type Declaration } from './declaration.ts'
import type { Wiring } from './wire.ts'

export type ClusterFleetOptions = {
  readonly wiring: Wiring
  readonly namespace: string
  /** Names the control cluster, which is served by others. */
  readonly control: string
  /** Works on the cluster until `stopping`; settles when nothing of it is left. */
  readonly serve: (id: string, declaration: Declaration, stopping: AbortSignal) => Promise<void>
  readonly stopping: AbortSignal
}

type Duty = {
  readonly declaration: Declaration
  readonly over: AbortController
  readonly ended: Promise<void>
}

/** Leases of clusters are called so, with the cluster's id behind it. */
export const leasePrefix = 'driftless-cluster-'

const lookAgainMs = 5_000
const quietLooks = 2

/**
 * Serves each cluster that a Secret declares and an Application names, for as long as both is so
 * and until the operations that began there have ended. A cluster that cannot be served holds up no
 * other one. Settles when it was told to stop and nothing is left.
 */
export async function serveFleet(options: ClusterFleetOptions): Promise<void> {
  const { wiring, control, serve, stopping } = options
  const { applications, clusters, onError } = wiring
  const duties = new Map<string, Duty>()

  const begin = (id: string, declared: DeclaredCluster | undefined): void => {
    const over = new AbortController()
    const declaration = createDeclaration(declared)
    const ended = serve(id, declaration, AbortSignal.any([stopping, over.signal]))
      .catch(onError)
      .finally(() => duties.delete(id))
    duties.set(id, { declaration, over, ended })
  }
  const reconcile = (): void => {
    if (stopping.aborted) return
    const wanted = inUse(wiring)
    for (const [id, declared] of wanted) if (!duties.has(id)) begin(id, declared)
    for (const [id, { declaration }] of duties) declaration.set(declaredAs(wiring, id))
  }
  clusters.subscribe(reconcile)
  applications.subscribe(({ application }) => {
    // asked for every status that is written: nothing more than this while there is one cluster
    if (application === undefined || clusters.known().declared.length === 0) return
    const id = clusters.idOf(application.application.spec.destination)
    if (id !== control && !duties.has(id)) reconcile()
  })
  const left = await leaseNames(wiring.transport, options.namespace).catch(onErrorNone(onError))
  for (const name of left.filter((one) => one.startsWith(leasePrefix))) {
    const id = name.slice(leasePrefix.length)
    if (id !== control && !stopping.aborted) begin(id, declaredAs(wiring, id))
  }
  reconcile()
  const quiet = new Map<string, number>()
  while (!stopping.aborted) {
    await delay(lookAgainMs, undefined, { signal: stopping }).catch(() => undefined)
    if (!stopping.aborted) await retire(options, duties, quiet).catch(onError)
    // what was wanted again while it ended, and what ended by an error
    reconcile()
  }
  await Promise.allSettled([...duties.values()].map(({ ended }) => ended))
}

/** Ends the duties that nobody needs: no Application names the cluster, and no operation is open there. */
async function retire(
  { wiring, namespace }: ClusterFleetOptions,
  duties: ReadonlyMap<string, Duty>,
  quiet: Map<string, number>,
): Promise<void> {
  const wanted = inUse(wiring)
  for (const [id, { over, ended }] of duties) {
    const open = wanted.has(id) ? 1 : await wiring.temporal.countOpen(clusterTaskQueue(id))
    // an operation that begins now is not counted yet
    quiet.set(id, open > 0 ? 0 : (quiet.get(id) ?? 0) + 1)
    if ((quiet.get(id) ?? 0) < quietLooks) continue
    quiet.delete(id)
    over.abort()
    await ended
    await removeFreeLease(wiring.transport, namespace, `${leasePrefix}${id}`)
  }
}

/** The clusters that Applications name, beside the control cluster. */
function inUse({ applications, clusters }: Wiring): ReadonlyMap<string, DeclaredCluster> {
  const found = new Map<string, DeclaredCluster>()
  if (clusters.known().declared.length === 0) return found
  for (const { application } of applications.all()) {
    const { destination } = application.spec
    const place = clusters.placeOf(destination)
    if (place.kind === 'remote') found.set(clusters.idOf(destination), place.declared)
  }
  return found
}

/** What is declared of the cluster with this id, as far as it can be used. */
function declaredAs({ clusters }: Wiring, id: string): DeclaredCluster | undefined {
  for (const { server } of clusters.known().declared) {
    const place = clusters.placeOf({ server })
    if (place.kind === 'remote' && clusters.idOf({ server }) === id) return place.declared
  }
  return undefined
}

/** Without the list nothing is missed but the ends of operations whose cluster is not declared any more. */
function onErrorNone(onError: (error: unknown) => void) {
  return (error: unknown): readonly string[] => {
    onError(error)
    return []
  }
}
