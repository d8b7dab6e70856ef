import { initialAdminPassword, initialPasswordSecret } from '../../clients/accounts.ts'
import type { KubeTransport } from '../../clients/kube/transport.ts'
import { NotFoundError } from '../../core/errors.ts'
import { createOnce, withCluster } from './cluster.ts'

/**
 * The admin password of this cluster, prepared before the API starts and makes one by itself. Empty
 * when somebody set another and deleted the first one: then nobody but they know it.
 */
export async function provideAdminPassword(
  kubeconfig: string,
  namespace: string,
  prepared: string,
): Promise<string> {
  return await withCluster(kubeconfig, async (transport) => {
    const known = await initialAdminPassword(transport, namespace)
    if (known !== undefined) return known
    if (await hasPassword(transport, namespace)) return ''
    await createOnce(transport, `/api/v1/namespaces/${namespace}/secrets`, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: initialPasswordSecret } },
      stringData: { password: prepared },
    })
    return prepared
  })
}

async function hasPassword(transport: KubeTransport, namespace: string): Promise<boolean> {
  type Secret = { readonly data?: Readonly<Record<string, string>> }
  try {
    const path = `/api/v1/namespaces/${namespace}/secrets/argocd-secret`
    const { data } = await transport.request<Secret>(path)
    return Boolean(data?.['admin.password'])
  } catch (error) {
    if (error instanceof NotFoundError) return false
    throw error
  }
}
