import type { Discovery } from './discovery.ts'
import type { KindName } from './kind-watch.ts'
import type { KubeTransport } from './transport.ts'

/** What somebody wants to do: in a namespace, or in the whole cluster when that is empty. */
export type Intent = KindName & { readonly verb: string; readonly namespace: string }

type Review = { readonly status?: { readonly allowed?: boolean } }

/** Asks the API server whether it lets us do something; nothing is stored by asking. */
export function createAccessReview(transport: KubeTransport, discovery: Discovery) {
  return async ({ group, kind, verb, namespace }: Intent): Promise<boolean> => {
    const { plural, version } = await discovery.preferred(group, kind)
    const resourceAttributes = {
      ...{ group, version, resource: plural, verb },
      ...(namespace !== '' && { namespace }),
    }
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const { status } = await transport.request<Review>(path, {
      method: 'POST',
      body: {
        ...{ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' },
        spec: { resourceAttributes },
      },
    })
    return status?.allowed === true
  }
}

type Self = { readonly status?: { readonly userInfo?: { readonly username?: string } } }

/** As whom the API server knows us. */
export async function ownUser(transport: KubeTransport): Promise<string> {
  const { status } = await transport.request<Self>(
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    {
      method: 'POST',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    },
  )
  return status?.userInfo?.username ?? ''
}
