import type { KubeClient } from './kube.ts'

type Named = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
}
type ResourceList = {
  readonly resources: readonly {
    readonly name: string
    readonly kind: string
    readonly namespaced: boolean
  }[]
}

/** Where the API server has an object, by its own discovery; `namespaced` says whether the namespace counts. */
export async function objectPath(
  kube: KubeClient,
  { apiVersion, kind, metadata: { name } }: Named,
  namespace: string,
): Promise<{ readonly path: string; readonly namespaced: boolean }> {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const { resources } = await kube.request<ResourceList>('GET', root)
  const found = resources.find((one) => one.kind === kind && !one.name.includes('/'))
  if (found === undefined) throw new Error(`the cluster has no ${apiVersion} ${kind}`)
  const place = found.namespaced ? `/namespaces/${namespace}` : ''
  return { path: `${root}${place}/${found.name}/${name}`, namespaced: found.namespaced }
}
