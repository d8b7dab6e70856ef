import { connectionOf } from '../clients/clusters/connection.ts'
import { withBreaker } from '../clients/kube/breaker.ts'
import { type Cluster, createCluster } from '../clients/kube/cluster.ts'
import { fencedTransport } from '../clients/kube/fenced-transport.ts'
import type { Tenure } from '../clients/kube/lease.ts'
import { createTransport, type KubeTransport } from '../clients/kube/transport.ts'
import type { DeclaredCluster } from '../core/cluster/declared.ts'
import { NetworkError } from '../core/errors.ts'

/** One cluster while we hold it. */
export type HeldCluster = {
  /** NetworkError while another worker holds it: the step is tried again, there. Undefined when nobody declares it any more. */
  current(): Cluster | undefined
  begin(tenure: Tenure): Cluster | undefined
  end(): void
}

type Opened = { readonly cluster: Cluster; readonly close: () => void }

/** The cluster that `open` gives for a tenure. */
function createHeldCluster(open: (tenure: Tenure) => Opened | undefined): HeldCluster {
  let held: { readonly opened: Opened | undefined } | undefined
  const end = (): void => {
    held?.opened?.close()
    held = undefined
  }
  return {
    current() {
      if (held !== undefined) return held.opened?.cluster
      throw new NetworkError('another worker holds the cluster')
    },
    begin(tenure) {
      end()
      held = { opened: open(tenure) }
      return held.opened?.cluster
    },
    end,
  }
}

type OnError = (error: unknown) => void

/** The control cluster, over the connections that everybody has. */
export function heldControlCluster(transport: KubeTransport, onError: OnError): HeldCluster {
  return createHeldCluster((tenure) => {
    const cluster = createCluster(fencedTransport(transport, tenure), onError)
    return { cluster, close: cluster.close }
  })
}

/** Another cluster, over connections of its own, as its Secret declares it when it is begun. */
export function heldRemoteCluster(
  declared: () => DeclaredCluster | undefined,
  onError: OnError,
): HeldCluster {
  return createHeldCluster((tenure) => {
    const now = declared()
    if (now === undefined) return undefined
    const transport = createTransport(connectionOf(now))
    const guarded = fencedTransport(withBreaker(transport), tenure)
    const cluster = createCluster(guarded, onError, now.scope)
    return {
      cluster,
      close() {
        cluster.close()
        void transport.close()
      },
    }
  })
}
