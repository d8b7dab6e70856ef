import { connect } from '../../clients/kube/connection.ts'
import { clusterId } from '../../core/cluster/address.ts'
import { eventually } from './eventually.ts'
import type { Stack } from './stack.ts'

// a Lease has to expire, and what runs has to end
const patienceMs = 60_000

/** Who holds the stack's own cluster. */
export type LeaseHolder = {
  /** The cluster as names of Leases and task queues have it. */
  readonly cluster: string
  /** The process that holds it. */
  pid(): Promise<number>
  /** Settles when this process holds it. */
  whenHeldBy(pid: () => number | undefined): Promise<number>
}

/** Looks at the Lease of the stack's own cluster. */
export async function leaseHolder({ kube, endpoints }: Stack): Promise<LeaseHolder> {
  const cluster = clusterId((await connect(endpoints.kubeconfig)).server)
  const path = `/apis/coordination.k8s.io/v1/namespaces/argocd/leases/driftless-cluster-${cluster}`
  const pid = async () => {
    const { spec } = await kube.request('GET', path)
    return Number((spec as { holderIdentity: string }).holderIdentity.split('_').at(-3))
  }
  return {
    ...{ cluster, pid },
    whenHeldBy: (wanted) => eventually(pid, (holder) => holder === wanted(), patienceMs),
  }
}
