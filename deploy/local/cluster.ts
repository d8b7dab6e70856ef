import { connect } from '../../clients/kube/connection.ts'
import { createTransport, type KubeTransport } from '../../clients/kube/transport.ts'
import { ConflictError } from '../../core/errors.ts'

/** Opens the cluster of a kubeconfig for the length of `use`. */
export async function withCluster<T>(
  kubeconfig: string,
  use: (transport: KubeTransport) => Promise<T>,
): Promise<T> {
  const transport = createTransport(await connect(kubeconfig))
  try {
    return await use(transport)
  } finally {
    await transport.close()
  }
}

/** Creates the object; one that is there stays as it is. */
export async function createOnce(
  transport: KubeTransport,
  collection: string,
  body: Readonly<Record<string, unknown>>,
): Promise<void> {
  try {
    await transport.request(collection, { method: 'POST', body })
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error
  }
}

/** The one node on which kwok plays all pods. */
export async function createNode(kubeconfig: string): Promise<void> {
  const size = { cpu: '64', memory: '256Gi', pods: '5000' }
  await withCluster(kubeconfig, (transport) =>
    createOnce(transport, '/api/v1/nodes', {
      ...{ apiVersion: 'v1', kind: 'Node' },
      metadata: {
        name: 'kwok-node-0',
        annotations: { 'kwok.x-k8s.io/node': 'fake' },
        labels: {
          type: 'kwok',
          'kubernetes.io/hostname': 'kwok-node-0',
          'kubernetes.io/os': 'linux',
        },
      },
      ...{ status: { capacity: size, allocatable: size } },
    }),
  )
}
