import { createKubeClient, createNamespace, type KubeClient } from './kube.ts'
import { type ProxiedTransport, proxiedTransport } from './proxied-transport.ts'

/** A namespace of its own, reached by our transport and, past the proxy, by `kube`. */
export type ProxiedNamespace = ProxiedTransport & { readonly kube: KubeClient }

/** Makes the namespace and opens both ways to it. */
export async function proxiedNamespace(
  kubeconfig: string,
  namespace: string,
): Promise<ProxiedNamespace> {
  const kube = createKubeClient(kubeconfig)
  await createNamespace(kube, namespace)
  const proxied = await proxiedTransport(kubeconfig)
  return {
    ...{ ...proxied, kube },
    async close() {
      await proxied.close()
      await kube.close()
    },
  }
}
